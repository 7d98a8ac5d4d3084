// The products of gemm_int8.cu with results of one type, Number.

// Up to 16 rows.
// Grid: outputs / 8, rounded up, 128 threads.
// Moves the weights once, and the rows from the caches; 32·outputs·depth operations.
extern "C" __global__ void __launch_bounds__(int8::THIN_THREADS)
    KERNEL(linear_thin)(Number* out, int out_stride, const signed char* x, const float* x_scales,
                        const signed char* weights, const float* weight_scales, const float* bias,
                        int rows, int outputs, int depth, int activation) {
  const int8::Epilogue<Number> end{
      out, out_stride, x_scales, weight_scales, bias, rows, outputs, activation};
  int8::linear_thin(end, x, weights, depth);
}

// Tiles of 64 × 64.
// Grid: x: outputs / 64, y: rows / 64, both rounded up, 128 threads; 16 KiB of shared memory.
// Moves (rows·outputs·depth)/32 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
extern "C" __global__ void __launch_bounds__(int8::THREADS)
    KERNEL(linear)(Number* out, int out_stride, const signed char* x, const float* x_scales,
                   const signed char* weights, const float* weight_scales, const float* bias,
                   int rows, int outputs, int depth, int activation) {
  const int8::Epilogue<Number> end{
      out, out_stride, x_scales, weight_scales, bias, rows, outputs, activation};
  int8::linear<2, 4, 2>(end, x, weights, depth);
}

// Tiles of 128 × 64, for three quarters of these bytes from the caches.
// Grid: x: outputs / 64, y: rows / 128, both rounded up, 256 threads; 24 KiB of shared memory.
// Moves (rows·outputs·depth)·3/128 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
extern "C" __global__ void __launch_bounds__(int8::WIDE_THREADS, 1)
    KERNEL(linear_tall)(Number* out, int out_stride, const signed char* x, const float* x_scales,
                        const signed char* weights, const float* weight_scales, const float* bias,
                        int rows, int outputs, int depth, int activation) {
  const int8::Epilogue<Number> end{
      out, out_stride, x_scales, weight_scales, bias, rows, outputs, activation};
  int8::linear<4, 2, 4>(end, x, weights, depth);
}

// Tiles of 128 × 128, for half.
// Grid: x: outputs / 128, y: rows / 128, both rounded up, 256 threads; 32 KiB of shared memory.
// Moves (rows·outputs·depth)/64 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
extern "C" __global__ void __launch_bounds__(int8::WIDE_THREADS, 1)
    KERNEL(linear_wide)(Number* out, int out_stride, const signed char* x, const float* x_scales,
                        const signed char* weights, const float* weight_scales, const float* bias,
                        int rows, int outputs, int depth, int activation) {
  const int8::Epilogue<Number> end{
      out, out_stride, x_scales, weight_scales, bias, rows, outputs, activation};
  int8::linear<4, 4, 4>(end, x, weights, depth);
}

// Tiles of 128 × 256, for three eighths.
// Grid: x: outputs / 256, y: rows / 128, both rounded up, 256 threads; 48 KiB of shared memory.
// Moves (rows·outputs·depth)·3/256 bytes from the caches and rows·outputs numbers out;
// 2·rows·outputs·depth operations.
extern "C" __global__ void __launch_bounds__(int8::WIDE_THREADS, 1)
    KERNEL(linear_widest)(Number* out, int out_stride, const signed char* x, const float* x_scales,
                          const signed char* weights, const float* weight_scales, const float* bias,
                          int rows, int outputs, int depth, int activation) {
  const int8::Epilogue<Number> end{
      out, out_stride, x_scales, weight_scales, bias, rows, outputs, activation};
  int8::linear<4, 8, 4>(end, x, weights, depth);
}
