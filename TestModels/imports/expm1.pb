
9
in_0Placeholder*
dtype0*
shape:

Expm1Expm1in_0*
T0
!
out_0IdentityExpm1*
T0"í