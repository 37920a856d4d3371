
1
in_0Placeholder*
dtype0*
shape:
1
in_1Placeholder*
dtype0*
shape:
E
EinsumEinsumin_0in_1*
N*
T0*
equation	i,j->ji
"
out_0IdentityEinsum*
T0"í