
9
in_0Placeholder*
dtype0*
shape:
9
in_1Placeholder*
dtype0*
shape:
/
SigmoidGradSigmoidGradin_0in_1*
T0
)
TanhGradTanhGradin_0in_1*
T0
)
ReluGradReluGradin_1in_0*
T0
'
out_0IdentitySigmoidGrad*
T0
$
out_1IdentityTanhGrad*
T0
$
out_2IdentityReluGrad*
T0"í