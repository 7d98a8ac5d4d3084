// Layer normalization (Ba et al. 2016) with and without the residual before it, and the plain sum:
// (x - mean) / sqrt(variance + epsilon) · gain + bias.
#include "common.cuh"

// One block normalizes one row; the row waits in shared memory as float32, so that it is read from
// memory once and may be overwritten.
template <class T>
__device__ __forceinline__ void normalize(T* out, int out_stride, const T* x, int x_stride,
                                          const T* residual, int residual_stride, const float* gain,
                                          const float* bias, float epsilon, int width) {
  float* row = reinterpret_cast<float*>(dynamic_shared);
  const size_t number = blockIdx.x;
  float sum = 0.0f;
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float values[CHUNK<T>];
    load_chunk<T>(values, x + number * x_stride + c, width - c);
    if (residual != nullptr) {
      float more[CHUNK<T>];
      load_chunk<T>(more, residual + number * residual_stride + c, width - c);
#pragma unroll
      for (int i = 0; i < CHUNK<T>; i++) values[i] += more[i];
    }
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum += values[i];  // zeros beyond the width
    store_chunk<float>(row + c, reinterpret_cast<float (&)[4]>(values[0]), width - c);
    if (CHUNK<T> == 8) {
      store_chunk<float>(row + c + 4, reinterpret_cast<float (&)[4]>(values[CHUNK<T> - 4]),
                         width - c - 4);
    }
  }
  const float mean = block_sum(sum) / width;
  float squares = 0.0f;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    const float difference = row[c] - mean;
    squares += difference * difference;
  }
  const float scale = rsqrtf(block_sum(squares) / width + epsilon);
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float values[CHUNK<T>];
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) {
      const int at = c + i;
      values[i] = at < width ? (row[at] - mean) * scale * gain[at] + bias[at] : 0.0f;
    }
    store_chunk<T>(out + number * out_stride + c, values, width - c);
  }
}

template <class T>
__device__ __forceinline__ void add_rows(T* out, int out_stride, const T* x, int x_stride,
                                         const T* y, int y_stride, int width) {
  const size_t row = blockIdx.x;
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float a[CHUNK<T>], b[CHUNK<T>];
    load_chunk<T>(a, x + row * x_stride + c, width - c);
    load_chunk<T>(b, y + row * y_stride + c, width - c);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) a[i] += b[i];
    store_chunk<T>(out + row * out_stride + c, a, width - c);
  }
}

// LayerNorm(x); out may be x.
// Grid: one block of 128 threads for each row; 4·width bytes of shared memory.
// Moves 2·width elements a row; about 8·width operations a row.
//   out, x  rows × width, rows out_stride and x_stride apart
//   gain    width             bias  width
extern "C" __global__ void __launch_bounds__(128)
    norm_f32(float* out, int out_stride, const float* x, int x_stride, const float* gain,
             const float* bias, float epsilon, int width) {
  normalize<float>(out, out_stride, x, x_stride, nullptr, 0, gain, bias, epsilon, width);
}
extern "C" __global__ void __launch_bounds__(128)
    norm_f16(half* out, int out_stride, const half* x, int x_stride, const float* gain,
             const float* bias, float epsilon, int width) {
  normalize<half>(out, out_stride, x, x_stride, nullptr, 0, gain, bias, epsilon, width);
}

// LayerNorm(x + residual); out may be either.
// Grid: as norm. Moves 3·width elements a row; about 9·width operations a row.
//   out, x, residual  rows × width, each with its stride
extern "C" __global__ void __launch_bounds__(128)
    add_norm_f32(float* out, int out_stride, const float* x, int x_stride, const float* residual,
                 int residual_stride, const float* gain, const float* bias, float epsilon,
                 int width) {
  normalize<float>(out, out_stride, x, x_stride, residual, residual_stride, gain, bias, epsilon,
                   width);
}
extern "C" __global__ void __launch_bounds__(128)
    add_norm_f16(half* out, int out_stride, const half* x, int x_stride, const half* residual,
                 int residual_stride, const float* gain, const float* bias, float epsilon,
                 int width) {
  normalize<half>(out, out_stride, x, x_stride, residual, residual_stride, gain, bias, epsilon,
                  width);
}

// x + y; out may be either.
// Grid: one block of 128 threads for each row. Moves 3·width elements a row; width operations.
//   out, x, y  rows × width, each with its stride
extern "C" __global__ void __launch_bounds__(128)
    add_f32(float* out, int out_stride, const float* x, int x_stride, const float* y, int y_stride,
            int width) {
  add_rows<float>(out, out_stride, x, x_stride, y, y_stride, width);
}
extern "C" __global__ void __launch_bounds__(128)
    add_f16(half* out, int out_stride, const half* x, int x_stride, const half* y, int y_stride,
            int width) {
  add_rows<half>(out, out_stride, x, x_stride, y, y_stride, width);
}
