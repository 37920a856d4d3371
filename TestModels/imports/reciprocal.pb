
1
in_0Placeholder*
dtype0*
shape:
'

Reciprocal
Reciprocalin_0*
T0
&
out_0Identity
Reciprocal*
T0"í