
1
in_0Placeholder*
dtype0*
shape:
#
IsFiniteIsFinitein_0*
T0

IsInfIsInfin_0*
T0

IsNanIsNanin_0*
T0
$
out_0IdentityIsFinite*
T0

!
out_1IdentityIsInf*
T0

!
out_2IdentityIsNan*
T0
"í