// Includes TYPED_KERNELS once for each type of tensors: Number is the type, KERNEL(name) the name with the
// type at its end.
#define Number float
#define KERNEL(name) name##_f32
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#define Number half
#define KERNEL(name) name##_f16
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#define Number bfloat16
#define KERNEL(name) name##_bf16
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#undef TYPED_KERNELS
