
5
in_0Placeholder*
dtype0*
shape
:
5
in_1Placeholder*
dtype0*
shape
:
1
in_2Placeholder*
dtype0	*
shape:
S
SoftmaxCrossEntropyWithLogitsSoftmaxCrossEntropyWithLogitsin_0in_1*
T0
n
#SparseSoftmaxCrossEntropyWithLogits#SparseSoftmaxCrossEntropyWithLogitsin_0in_2*
Tlabels0	*
T0
9
out_0IdentitySoftmaxCrossEntropyWithLogits*
T0
;
out_1IdentitySoftmaxCrossEntropyWithLogits:1*
T0
?
out_2Identity#SparseSoftmaxCrossEntropyWithLogits*
T0
A
out_3Identity%SparseSoftmaxCrossEntropyWithLogits:1*
T0"í