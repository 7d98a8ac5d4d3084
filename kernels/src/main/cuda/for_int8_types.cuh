// Includes TYPED_KERNELS once for each type of results of 8-bit products: Number is the type, KERNEL(name) the name with
// both types at its end.
#define Number half
#define KERNEL(name) name##_i8_f16
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#define Number float
#define KERNEL(name) name##_i8_f32
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#undef TYPED_KERNELS
