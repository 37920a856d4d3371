#define OK_LOOP_SET PORTABLE
#define OK_LOOP_SUFFIX portable
#include "loops.inc"
