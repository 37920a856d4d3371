
9
in_0Placeholder*
dtype0*
shape:
#
SoftsignSoftsignin_0*
T0
$
out_0IdentitySoftsign*
T0"í