
9
in_0Placeholder*
dtype0*
shape:
#
SoftplusSoftplusin_0*
T0
$
out_0IdentitySoftplus*
T0"í