
=
in_0Placeholder*
dtype0*
shape:
=
in_1Placeholder*
dtype0*
shape:
M
EinsumEinsumin_0in_1*
N*
T0*
equationaecd,abcd->acbe
"
out_0IdentityEinsum*
T0"í