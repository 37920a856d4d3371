
1
in_0Placeholder*
dtype0*
shape:

Log1pLog1pin_0*
T0
!
out_0IdentityLog1p*
T0"í