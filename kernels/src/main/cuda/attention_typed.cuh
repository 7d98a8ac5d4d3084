// The kernels of attention.cu for tensors of one type, Number.

// The whole attention; the scores never leave the registers.
// Grid: one warp for each query and head, four to a block.
// Moves, for each query, 2·width elements of its own and 2·width for each key it sees (from the
// caches of the GPU where queries share keys); 4·width operations and heads exponentials a key.
//   out  count × width, rows out_stride apart

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(attend_sentence)(Number* out, int out_stride, const Number* queries, int query_stride,
                            const float* query_bias, const Number* keys, const Number* values,
                            int key_stride, int count, int heads, int head_size, float scale,
                            const int* offsets, int sentences) {
  attend<Number>(out, out_stride,
                 Heads<Number>{queries, query_stride, query_bias, keys, values, key_stride, count,
                               heads, head_size},
                 scale, SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(attend_source)(Number* out, int out_stride, const Number* queries, int query_stride,
                          const float* query_bias, const Number* keys, const Number* values,
                          int key_stride, int count, int heads, int head_size, float scale,
                          const int* rows, const int* starts, const int* lengths, int beam) {
  attend<Number>(out, out_stride,
                 Heads<Number>{queries, query_stride, query_bias, keys, values, key_stride, count,
                               heads, head_size},
                 scale, SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(attend_past)(Number* out, int out_stride, const Number* queries, int query_stride,
                        const float* query_bias, const Number* keys, const Number* values,
                        int key_stride, int count, int heads, int head_size, float scale,
                        const int* rows, const int* steps, const int* ancestors, int beam,
                        int max_length) {
  attend<Number>(out, out_stride,
                 Heads<Number>{queries, query_stride, query_bias, keys, values, key_stride, count,
                               heads, head_size},
                 scale, PastMask{rows, steps, ancestors, beam, max_length});
}

// The same for few queries, which see long texts sooner when several warps look at one.
// Grid: one block of 256 threads for each query and head; head_size up to 128. Bytes and operations as
// above.

extern "C" __global__ void __launch_bounds__(256, 1)
    KERNEL(attend_split_source)(Number* out, int out_stride, const Number* queries,
                                int query_stride, const float* query_bias, const Number* keys,
                                const Number* values, int key_stride, int count, int heads,
                                int head_size, float scale, const int* rows, const int* starts,
                                const int* lengths, int beam) {
  attend_split<Number>(out, out_stride,
                       Heads<Number>{queries, query_stride, query_bias, keys, values, key_stride,
                                     count, heads, head_size},
                       scale, SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(256, 1)
    KERNEL(attend_split_past)(Number* out, int out_stride, const Number* queries, int query_stride,
                              const float* query_bias, const Number* keys, const Number* values,
                              int key_stride, int count, int heads, int head_size, float scale,
                              const int* rows, const int* steps, const int* ancestors, int beam,
                              int max_length) {
  attend_split<Number>(out, out_stride,
                       Heads<Number>{queries, query_stride, query_bias, keys, values, key_stride,
                                     count, heads, head_size},
                       scale, PastMask{rows, steps, ancestors, beam, max_length});
}

// QKᵀ/√d_k for the keys that each query sees; what is beyond them is not written.
// Grid: one warp for each query and head, four to a block.
// Moves (keys + 1)·width elements in and 4·heads·keys bytes out for each query; 2·width operations
// a key.
//   scores  (count·heads) × columns: row query·heads + head
//   limits  count: how many keys each query sees

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(attention_scores_sentence)(float* scores, int* limits, int columns,
                                      const Number* queries, int query_stride,
                                      const float* query_bias, const Number* keys, int key_stride,
                                      int count, int heads, int head_size, float scale,
                                      const int* offsets, int sentences) {
  score<Number>(scores, limits, columns,
                Heads<Number>{queries, query_stride, query_bias, keys, nullptr, key_stride, count,
                              heads, head_size},
                scale, SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(attention_scores_source)(float* scores, int* limits, int columns, const Number* queries,
                                    int query_stride, const float* query_bias, const Number* keys,
                                    int key_stride, int count, int heads, int head_size,
                                    float scale, const int* rows, const int* starts,
                                    const int* lengths, int beam) {
  score<Number>(scores, limits, columns,
                Heads<Number>{queries, query_stride, query_bias, keys, nullptr, key_stride, count,
                              heads, head_size},
                scale, SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(attention_scores_past)(float* scores, int* limits, int columns, const Number* queries,
                                  int query_stride, const float* query_bias, const Number* keys,
                                  int key_stride, int count, int heads, int head_size, float scale,
                                  const int* rows, const int* steps, const int* ancestors, int beam,
                                  int max_length) {
  score<Number>(scores, limits, columns,
                Heads<Number>{queries, query_stride, query_bias, keys, nullptr, key_stride, count,
                              heads, head_size},
                scale, PastMask{rows, steps, ancestors, beam, max_length});
}

// The softmax of each row of scores over the columns that its query sees, zeros elsewhere: with the
// limits of sources that is the source mask, with position + 1 the causal mask. A row that sees
// nothing, or whose scores are all -infinity, gives zeros.
// Grid: one warp for each row, four to a block; any number of columns.
// Moves 4·columns bytes in (three times, from the cache) and columns elements out for each row; two
// exponentials a column.
//   weights, scores  (count·heads) × columns      limits  count

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(masked_softmax)(Number* weights, const float* scores, const int* limits, int rows,
                           int columns, int heads) {
  softmax_row(weights, scores, limits, rows, columns, heads);
}

// The sum of the values by the weights.
// Grid: one warp for each query and head, four to a block.
// Moves (keys + 1)·width elements and heads·keys weights for each query; 2·width operations a key.
//   out      count × width, rows out_stride apart
//   weights  (count·heads) × columns

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(weighted_sum_sentence)(Number* out, int out_stride, const Number* weights, int columns,
                                  const Number* values, int key_stride, int count, int heads,
                                  int head_size, const int* offsets, int sentences) {
  weigh<Number>(
      out, out_stride, weights, columns,
      Heads<Number>{nullptr, 0, nullptr, nullptr, values, key_stride, count, heads, head_size},
      SentenceMask{offsets, sentences});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(weighted_sum_source)(Number* out, int out_stride, const Number* weights, int columns,
                                const Number* values, int key_stride, int count, int heads,
                                int head_size, const int* rows, const int* starts,
                                const int* lengths, int beam) {
  weigh<Number>(
      out, out_stride, weights, columns,
      Heads<Number>{nullptr, 0, nullptr, nullptr, values, key_stride, count, heads, head_size},
      SourceMask{rows, starts, lengths, beam});
}

extern "C" __global__ void __launch_bounds__(128, 1)
    KERNEL(weighted_sum_past)(Number* out, int out_stride, const Number* weights, int columns,
                              const Number* values, int key_stride, int count, int heads,
                              int head_size, const int* rows, const int* steps,
                              const int* ancestors, int beam, int max_length) {
  weigh<Number>(
      out, out_stride, weights, columns,
      Heads<Number>{nullptr, 0, nullptr, nullptr, values, key_stride, count, heads, head_size},
      PastMask{rows, steps, ancestors, beam, max_length});
}
