// Embeddings and positions ("Attention Is All You Need", sections 3.4 and 3.5):
// tokens[id]·scale + positions[position].
#include "common.cuh"

template <class T>
__device__ __forceinline__ void embed_row(T* out, const T* token, const T* position, float scale,
                                          int width) {
  for (int c = threadIdx.x * CHUNK<T>; c < width; c += blockDim.x * CHUNK<T>) {
    float x[CHUNK<T>], p[CHUNK<T>];
    load_chunk<T>(x, token + c, width - c);
    load_chunk<T>(p, position + c, width - c);
#pragma unroll
    for (int i = 0; i < CHUNK<T>; i++) x[i] = x[i] * scale + p[i];
    store_chunk<T>(out + c, x, width - c);
  }
}

template <class T>
__device__ __forceinline__ void embed_packed(T* out, int out_stride, const int* ids,
                                             const int* places, const T* tokens, const T* positions,
                                             float scale, int width) {
  const size_t row = blockIdx.x;
  embed_row<T>(out + row * out_stride, tokens + static_cast<size_t>(ids[row]) * width,
               positions + static_cast<size_t>(places[row]) * width, scale, width);
}

template <class T>
__device__ __forceinline__ void embed_decoding(T* out, int out_stride, const int* rows,
                                               const int* steps, const int* fed, int beam,
                                               int max_length, const T* tokens, const T* positions,
                                               float scale, int width) {
  const int row = rows[blockIdx.x];
  if (row == ABSENT) return;
  const int step = steps[row / beam];
  const int id = fed[static_cast<size_t>(row) * max_length + step];
  embed_row<T>(out + static_cast<size_t>(blockIdx.x) * out_stride,
               tokens + static_cast<size_t>(id) * width,
               positions + static_cast<size_t>(step) * width, scale, width);
}

#define TYPED_KERNELS "embedding_typed.cuh"
#include "for_all_types.cuh"
