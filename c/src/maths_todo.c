#include "maths.h"
uint32_t emlrt_erf(uint32_t x) { (void)x; return EMLRT_NAN_BITS; }
uint32_t emlrt_ndtri(uint32_t x) { (void)x; return EMLRT_NAN_BITS; }
uint32_t emlrt_cos(uint32_t x) { (void)x; return EMLRT_NAN_BITS; }
