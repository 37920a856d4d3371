
9
in_0Placeholder*
dtype0*
shape:

CoshCoshin_0*
T0
 
out_0IdentityCosh*
T0"í