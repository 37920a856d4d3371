
9
in_0Placeholder*
dtype0*
shape:
9
in_1Placeholder*
dtype0*
shape:
N
EinsumEinsumin_0in_1*
N*
T0*
equation...ij,j...->i...
"
out_0IdentityEinsum*
T0"í