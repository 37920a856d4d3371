
9
in_0Placeholder*
dtype0*
shape:
#
OnesLikeOnesLikein_0*
T0
%
addAddV2in_0OnesLike*
T0

out_0Identityadd*
T0"í