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

// Embeds the tokens of a packed batch.
// Grid: one block of 128 threads for each token.
// Moves 3·width elements a token; 2·width operations a token.
//   out        count × width, rows out_stride apart
//   ids        count             places  count: the position of each token
//   tokens     vocabulary × width
//   positions  the longest text × width
extern "C" __global__ void __launch_bounds__(128)
    embed_packed_f32(float* out, int out_stride, const int* ids, const int* places,
                     const float* tokens, const float* positions, float scale, int width) {
  embed_packed(out, out_stride, ids, places, tokens, positions, scale, width);
}
extern "C" __global__ void __launch_bounds__(128)
    embed_packed_f16(half* out, int out_stride, const int* ids, const int* places,
                     const half* tokens, const half* positions, float scale, int width) {
  embed_packed(out, out_stride, ids, places, tokens, positions, scale, width);
}

// Embeds the token that each row of a decoder step is fed; an absent row stays as it is.
// Grid, bytes, operations: as embed_packed.
//   out    count × width, rows out_stride apart
//   rows   count: rows of the slots' state, or ABSENT
//   steps  slots
//   fed    (slots·beam) × max_length: the token at each position
extern "C" __global__ void __launch_bounds__(128)
    embed_decoding_f32(float* out, int out_stride, const int* rows, const int* steps,
                       const int* fed, int beam, int max_length, const float* tokens,
                       const float* positions, float scale, int width) {
  embed_decoding(out, out_stride, rows, steps, fed, beam, max_length, tokens, positions, scale,
                 width);
}
extern "C" __global__ void __launch_bounds__(128)
    embed_decoding_f16(half* out, int out_stride, const int* rows, const int* steps, const int* fed,
                       int beam, int max_length, const half* tokens, const half* positions,
                       float scale, int width) {
  embed_decoding(out, out_stride, rows, steps, fed, beam, max_length, tokens, positions, scale,
                 width);
}
