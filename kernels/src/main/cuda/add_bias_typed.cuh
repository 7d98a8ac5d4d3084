// The bias behind cuBLAS for results of one type, Number.

// act(out + b), in place.
// Grid: x: rows, y: outputs / (128 threads · 16 bytes), rounded up.
// Moves 2·rows·outputs elements; rows·outputs operations and activations.
extern "C" __global__ void __launch_bounds__(LINEAR_THREADS, 1)
    KERNEL(add_bias)(Number* out, int out_stride, const float* bias, int outputs, int activation) {
  add_bias(out, out_stride, bias, outputs, activation);
}
