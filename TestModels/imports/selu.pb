
9
in_0Placeholder*
dtype0*
shape:

SeluSeluin_0*
T0
 
out_0IdentitySelu*
T0"í