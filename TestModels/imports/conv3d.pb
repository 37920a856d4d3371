
A
in_0Placeholder*
dtype0*
shape:
î
Conv3D/filterConst*
dtype0*È
value¾B»" ‘±¿–Ïu?Œ]r¿Q2
>¡‰ø¿fÖ?*Í?cãî¿Cõé?³¿¹¿\]¿$BÙ>zqã?Á™´?á×ş¿5â­=j%U>““o½áH‰?‰¶­¿xt‡?kXõ¿»Åº¿İwÄ¿5ªB¿H‘/?‡¯ë½Ğà¡?vW¿”¸n?<|O?¡‘0¿(R)¿Äô?è$ÿ>æ?’òˆ?g¦?_3¿¾ÕpG¾¥Ë¾À‚ı?O¥¿€Ùì?`¥¾dŠ›¾6ñ¾¸N¿aG¾mşí¿6ÚÔ¿èn?x?¶ñ¿8 L¿kì¿kÔã¿‹n¾=cF«¾ßOç¿ÒH”>‰f›?ÿÕÅ¿c;d¿?æûí¼YÔÖ<Ñğ¾ÄÊ?ú¡Ø>¬Ó> æe¾
‡
Conv3DConv3Din_0Conv3D/filter*
T0*
data_formatNDHWC*
	dilations	
*
paddingSAME*
strides	

"
out_0IdentityConv3D*
T0"í