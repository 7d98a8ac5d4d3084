// Includes TYPED_KERNELS once for each type that tensor cores multiply: Number is the type, KERNEL(name) the name with the
// type at its end, KERNEL_F32(name) that of a kernel with float32 results.
#define Number half
#define KERNEL(name) name##_f16
#define KERNEL_F32(name) name##_f16_f32
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#undef KERNEL_F32
#define Number bfloat16
#define KERNEL(name) name##_bf16
#define KERNEL_F32(name) name##_bf16_f32
#include TYPED_KERNELS
#undef Number
#undef KERNEL
#undef KERNEL_F32
#undef TYPED_KERNELS
