// The kernels of feed_forward.cu on tensor cores for one type, Number.

// Tensor cores, mma.sync m16n8k16. Widths to 512; width and inner
// are multiples of 32; w1 and w2 begin at multiples of 16 bytes.
// Grid: one block of 256 threads for each 32 rows; 32·(width + 32) + 32·160 halves of shared memory.
// Moves 2·rows·width elements, and both weight matrices once for each block (from the L2 cache);
// 4·rows·width·inner operations.
extern "C" __global__ void __launch_bounds__(FF_THREADS)
    KERNEL(feed_forward)(Number* out, int out_stride, const Number* x, int x_stride,
                         const Number* w1, const float* b1, const Number* w2, const float* b2,
                         int rows, int width, int inner, int activation) {
  feed_forward<Number, 2, 8>(out, out_stride, x, x_stride, w1, b1, w2, b2, rows, width, inner,
                             activation);
}

// The same for widths to 1024.
// Grid: one block of 256 threads for each 16 rows; 16·(width + 32) + 16·160 halves of shared memory.
extern "C" __global__ void __launch_bounds__(FF_THREADS)
    KERNEL(feed_forward_wide)(Number* out, int out_stride, const Number* x, int x_stride,
                              const Number* w1, const float* b1, const Number* w2, const float* b2,
                              int rows, int width, int inner, int activation) {
  feed_forward<Number, 1, 16>(out, out_stride, x, x_stride, w1, b1, w2, b2, rows, width, inner,
                              activation);
}
