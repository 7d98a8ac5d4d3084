// The kernels of cache.cu for tensors of one type, Number.

// Writes the keys and values of a decoder step at each slot's step.
// Grid: one block of 64 threads for each row. Moves 4·width elements a row.
//   key_cache, value_cache  (slots·beam·max_length) × width
//   keys, values            count × width, rows stride apart
//   rows   count: rows of the slots' state, or ABSENT      steps  slots
extern "C" __global__ void __launch_bounds__(64)
    KERNEL(append)(Number* key_cache, Number* value_cache, const Number* keys, const Number* values,
                   int stride, const int* rows, const int* steps, int beam, int max_length,
                   int width) {
  append(key_cache, value_cache, keys, values, stride, rows, steps, beam, max_length, width);
}

// Writes the keys and values of a packed batch of sources to where each source begins; tokens behind
// the last sentence are left out.
// Grid: one block of 64 threads for each token. Moves 4·width elements a token.
//   key_cache, value_cache  source positions × width
//   keys, values            tokens × width, rows stride apart
//   offsets  sentences + 1             starts  sentences: the first row of each in the caches
extern "C" __global__ void __launch_bounds__(64)
    KERNEL(bind)(Number* key_cache, Number* value_cache, const Number* keys, const Number* values,
                 int stride, const int* offsets, const int* starts, int sentences, int width) {
  bind(key_cache, value_cache, keys, values, stride, offsets, starts, sentences, width);
}
