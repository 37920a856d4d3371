
1
in_0Placeholder*
dtype0*
shape:

LgammaLgammain_0*
T0
"
out_0IdentityLgamma*
T0"í