
9
in_0Placeholder*
dtype0*
shape:

TanTanin_0*
T0

out_0IdentityTan*
T0"í