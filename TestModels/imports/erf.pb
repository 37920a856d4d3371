
9
in_0Placeholder*
dtype0*
shape:

ErfErfin_0*
T0

out_0IdentityErf*
T0"í