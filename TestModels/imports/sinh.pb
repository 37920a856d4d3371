
9
in_0Placeholder*
dtype0*
shape:

SinhSinhin_0*
T0
 
out_0IdentitySinh*
T0"í