
5
in_0Placeholder*
dtype0*
shape
:
5
in_1Placeholder*
dtype0*
shape
:
G
EinsumEinsumin_0in_1*
N*
T0*
equation	ij,jk->ik
"
out_0IdentityEinsum*
T0"í