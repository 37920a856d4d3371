
1
in_0Placeholder*
dtype0*
shape:
1
in_1Placeholder*
dtype0*
shape:
)
DivNoNanDivNoNanin_0in_1*
T0
$
out_0IdentityDivNoNan*
T0"í