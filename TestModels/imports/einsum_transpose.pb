
9
in_0Placeholder*
dtype0*
shape:
?
EinsumEinsumin_0*
N*
T0*
equation	ijk->ki
"
out_0IdentityEinsum*
T0"í