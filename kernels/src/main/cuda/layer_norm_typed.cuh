// The kernels of layer_norm.cu for tensors of one type, Number.

// LayerNorm(x); out may be x.
// Grid: one block of 128 threads for each row; 4·width bytes of shared memory.
// Moves 2·width elements a row; about 8·width operations a row.
//   out, x  rows × width, rows out_stride and x_stride apart
//   gain    width             bias  width
extern "C" __global__ void __launch_bounds__(128)
    KERNEL(norm)(Number* out, int out_stride, const Number* x, int x_stride, const float* gain,
                 const float* bias, float epsilon, int width) {
  normalize<Number>(out, out_stride, x, x_stride, nullptr, nullptr, 0, gain, bias, epsilon, width);
}

// LayerNorm(x + x_bias + residual); out may be x or the residual.
// Grid: as norm. Moves 3·width elements a row; about 10·width operations a row.
//   out, x, residual  rows × width, each with its stride
//   x_bias            width
extern "C" __global__ void __launch_bounds__(128)
    KERNEL(add_norm)(Number* out, int out_stride, const Number* x, int x_stride,
                     const float* x_bias, const Number* residual, int residual_stride,
                     const float* gain, const float* bias, float epsilon, int width) {
  normalize<Number>(out, out_stride, x, x_stride, x_bias, residual, residual_stride, gain, bias,
                    epsilon, width);
}

// x + x_bias + residual; out may be x or the residual.
// Grid: one block of 128 threads for each row. Moves 3·width elements a row; 2·width operations.
//   out, x, residual  rows × width, each with its stride
//   x_bias            width
extern "C" __global__ void __launch_bounds__(128)
    KERNEL(add)(Number* out, int out_stride, const Number* x, int x_stride, const float* x_bias,
                const Number* residual, int residual_stride, int width) {
  add_rows<Number>(out, out_stride, x, x_stride, x_bias, residual, residual_stride, width);
}
