// Layer normalization (Ba et al. 2016) with and without the residual before it, and the plain sum:
// (x - mean) / sqrt(variance + epsilon) · gain + bias. Where there is a residual, x comes from a
// product whose bias was left out, x_bias, and is added here.
#include "common.cuh"

// x + x_bias + residual, CHUNK columns from c on, or x alone; zeros beyond the width.
template <class T>
__device__ __forceinline__ void load_sum(float (&to)[CHUNK<T>], const T* x, const float* x_bias,
                                         const T* residual, int c, int width) {
  load_chunk<T>(to, x + c, width - c);
  if (residual == nullptr) return;
  float more[CHUNK<T>];
  load_floats(more, x_bias + c, width - c);
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) to[i] += more[i];
  load_chunk<T>(more, residual + c, width - c);
#pragma unroll
  for (int i = 0; i < CHUNK<T>; i++) to[i] += more[i];
}

// One block normalizes one row; the row waits in shared memory as float32, so that it is read from
// memory once and may be overwritten.
template <class T>
__device__ __forceinline__ void normalize(T* out, int out_stride, const T* x, int x_stride,
                                          const float* x_bias, const T* residual,
                                          int residual_stride, const float* gain, const float* bias,
                                          float epsilon, int width) {
  float* row = reinterpret_cast<float*>(dynamic_shared);
  const size_t number = blockIdx.x;
  if (residual != nullptr) residual += number * residual_stride;
  float sum = 0.0f;
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float values[CHUNK<T>];
    load_sum(values, x + number * x_stride, x_bias, residual, c, width);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) sum += values[i];
    store_floats(row + c, values, width - c);
  }
  const float mean = block_sum(sum) / width;
  float squares = 0.0f;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    const float difference = row[c] - mean;
    squares += difference * difference;
  }
  const float scale = rsqrtf(block_sum(squares) / width + epsilon);
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float values[CHUNK<T>], gains[CHUNK<T>], biases[CHUNK<T>];
    load_floats(values, row + c, width - c);
    load_floats(gains, gain + c, width - c);
    load_floats(biases, bias + c, width - c);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++)
      values[i] = (values[i] - mean) * scale * gains[i] + biases[i];
    store_chunk<T>(out + number * out_stride + c, values, width - c);
  }
}

template <class T>
__device__ __forceinline__ void add_rows(T* out, int out_stride, const T* x, int x_stride,
                                         const float* x_bias, const T* residual,
                                         int residual_stride, int width) {
  const size_t row = blockIdx.x;
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float values[CHUNK<T>];
    load_sum(values, x + row * x_stride, x_bias, residual + row * residual_stride, c, width);
    store_chunk<T>(out + row * out_stride + c, values, width - c);
  }
}

#define TYPED_KERNELS "layer_norm_typed.cuh"
#include "for_all_types.cuh"
