
9
in_0Placeholder*
dtype0*
shape:

ErfcErfcin_0*
T0
 
out_0IdentityErfc*
T0"í