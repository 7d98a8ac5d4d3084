// The products of gemm.cu on tensor cores for one type, Number.

// Tensor cores, mma.sync m16n8k16; the second one for float32 results.
// Grid: x: outputs / 64, y: rows / 64, both rounded up, 128 threads.
// Moves (rows·outputs·inputs)/16 elements from the caches and rows·outputs out;
// 2·rows·outputs·inputs operations.
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    KERNEL(linear)(Number* out, int out_stride, const Number* x, int x_stride,
                   const Number* weights, const float* bias, int rows, int outputs, int inputs,
                   int activation) {
  linear_mma(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    KERNEL_F32(linear)(float* out, int out_stride, const Number* x, int x_stride,
                       const Number* weights, const float* bias, int rows, int outputs, int inputs,
                       int activation) {
  linear_mma(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}

// The same bits for up to 16 rows.
// Grid: outputs / 16, rounded up, 64 threads.
// Moves the weights once, and the rows from the caches; 32·outputs·inputs operations.
extern "C" __global__ void __launch_bounds__(THIN_THREADS, 1)
    KERNEL(linear_thin)(Number* out, int out_stride, const Number* x, int x_stride,
                        const Number* weights, const float* bias, int rows, int outputs, int inputs,
                        int activation) {
  linear_thin(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}
extern "C" __global__ void __launch_bounds__(THIN_THREADS, 1)
    KERNEL_F32(linear_thin)(float* out, int out_stride, const Number* x, int x_stride,
                            const Number* weights, const float* bias, int rows, int outputs,
                            int inputs, int activation) {
  linear_thin(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}

// The same bits for many rows, with fewer bytes from the caches.
// Grid: x: outputs / 128, y: rows / 128, both rounded up, 256 threads; 32 KiB of shared memory.
// Moves (rows·outputs·inputs)/64 elements from the caches and rows·outputs out;
// 2·rows·outputs·inputs operations.
extern "C" __global__ void __launch_bounds__(WIDE_THREADS, 1)
    KERNEL(linear_wide)(Number* out, int out_stride, const Number* x, int x_stride,
                        const Number* weights, const float* bias, int rows, int outputs, int inputs,
                        int activation) {
  linear_wide(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}
extern "C" __global__ void __launch_bounds__(WIDE_THREADS, 1)
    KERNEL_F32(linear_wide)(float* out, int out_stride, const Number* x, int x_stride,
                            const Number* weights, const float* bias, int rows, int outputs,
                            int inputs, int activation) {
  linear_wide(out, out_stride, x, x_stride, weights, bias, rows, outputs, inputs, activation);
}
