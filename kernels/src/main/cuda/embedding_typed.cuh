// The kernels of embedding.cu for tensors of one type, Number.

// Embeds the tokens of a packed batch.
// Grid: one block of 128 threads for each token.
// Moves 3·width elements a token; 2·width operations a token.
//   out        count × width, rows out_stride apart
//   ids        count             places  count: the position of each token
//   tokens     vocabulary × width
//   positions  the longest text × width
extern "C" __global__ void __launch_bounds__(128)
    KERNEL(embed_packed)(Number* out, int out_stride, const int* ids, const int* places,
                         const Number* tokens, const Number* positions, float scale, int width) {
  embed_packed(out, out_stride, ids, places, tokens, positions, scale, width);
}

// Embeds the token that each row of a decoder step is fed; an absent row stays as it is.
// Grid, bytes, operations: as embed_packed.
//   out    count × width, rows out_stride apart
//   rows   count: rows of the slots' state, or ABSENT
//   steps  slots
//   fed    (slots·beam) × max_length: the token at each position
extern "C" __global__ void __launch_bounds__(128)
    KERNEL(embed_decoding)(Number* out, int out_stride, const int* rows, const int* steps,
                           const int* fed, int beam, int max_length, const Number* tokens,
                           const Number* positions, float scale, int width) {
  embed_decoding(out, out_stride, rows, steps, fed, beam, max_length, tokens, positions, scale,
                 width);
}
