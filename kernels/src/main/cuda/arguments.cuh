// SPDX-License-Identifier: Apache-2.0
// The arguments of every kernel, as a launch passes them: one struct to a kernel. Java's records
// come from here, by way of src/generator, so each member stands on a line of its own with its
// shape. Equal names of pointers mean the same thing; each name is a type of its own in Java. A
// struct that is a parameter of a template comes last.
//
// The names of the shapes:
//   count   rows of activations: of a packed batch, or of a step of the decoder
//   slots   places of sentences in flight; each has `beam` rows of the slots' state, one to a beam
//   width   columns of the model; heads·head_size
#pragma once
#include "constants.cuh"
#include "types.cuh"

// --- what several kernels take ------------------------------------------------------------------

// The rows of a step of the decoder. A row r of the slots' state is a beam of slot r / beam.
struct DecodingRows {
  const int* rows;   // count: rows of the slots' state, or ABSENT
  const int* steps;  // slots: the position that is fed
  int beam;          // rows of a slot
  int max_length;    // positions of a row
};

// --- embedding ----------------------------------------------------------------------------------

// The embeddings of words and positions.
template <class Number>
struct Embeddings {
  const Number* words;      // vocabulary × width
  const Number* positions;  // the longest text × width
  float scale;              // of the words
  int width;                // columns
};

// The tokens of a packed batch.
template <class Number>
struct EmbedPacked {
  Matrix<Number> out;  // count × width
  const int* ids;      // count: tokens
  const int* places;   // count: the position of each token
  Embeddings<Number> embeddings;
};

// The token that each row of a decoder step is fed.
template <class Number>
struct EmbedDecoding {
  Matrix<Number> out;  // count × width
  const int* tokens;   // (slots·beam) × max_length: the token at each position
  DecodingRows decoding;
  Embeddings<Number> embeddings;
};

// --- norms and residuals ------------------------------------------------------------------------

// A layer normalization.
struct NormWeights {
  const float* gain;   // width
  const float* shift;  // width
  float epsilon;       // is added to the variance
  int width;           // columns
};

// LayerNorm(x); out may be x.
template <class Number>
struct Norm {
  Matrix<Number> out;      // count × width
  Matrix<const Number> x;  // count × width
  NormWeights norm;
};

// x + x_bias + residual; out may be x or the residual.
template <class Number>
struct Add {
  Matrix<Number> out;             // count × width
  Matrix<const Number> x;         // count × width
  const float* x_bias;            // width: of the product that gave x
  Matrix<const Number> residual;  // count × width
  int width;                      // columns
};

// LayerNorm(x + x_bias + residual); out may be x or the residual.
template <class Number>
struct AddNorm {
  Matrix<Number> out;             // count × width
  Matrix<const Number> x;         // count × width
  const float* x_bias;            // width: of the product that gave x
  Matrix<const Number> residual;  // count × width
  NormWeights norm;
};

// --- attention ----------------------------------------------------------------------------------

// How queries are cut into heads.
struct Heads {
  int count;      // queries
  int heads;      // of a query
  int head_size;  // columns of a head, at most MAX_HEAD_SIZE
};

// Each token sees its own sentence of a packed batch, whose tokens are queries and keys.
struct SentenceMask {
  const int* offsets;  // sentences + 1: where each sentence begins
  int sentences;       // of the batch
};

// Each token sees the source of its slot.
struct SourceMask {
  const int* rows;            // count: rows of the slots' state, or ABSENT
  const int* source_starts;   // slots: where the source begins in the caches
  const int* source_lengths;  // slots
  int beam;                   // rows of a slot
};

// Each token sees itself and what came before it in its beam.
struct PastMask {
  const int* ancestors;  // (slots·beam) × max_length: the row that holds each position
  DecodingRows decoding;
};

// softmax(QKᵀ·scale + mask)·V.
template <class Number, class Mask>
struct Attend {
  Matrix<Number> out;            // count × width
  Matrix<const Number> queries;  // count × width, without their bias
  const float* query_bias;       // width
  Matrix<const Number> keys;     // rows that the mask names × width
  Matrix<const Number> values;   // as the keys, and with their stride
  Heads heads;
  float scale;  // 1/√head_size
  Mask mask;
};
template <class Number>
using AttendSentence = Attend<Number, SentenceMask>;
template <class Number>
using AttendSource = Attend<Number, SourceMask>;
template <class Number>
using AttendPast = Attend<Number, PastMask>;

// QKᵀ·scale for the keys that each query sees.
template <class Number, class Mask>
struct AttentionScores {
  float* scores;                 // (count·heads) × columns: row query·heads + head
  int* limits;                   // count: how many keys each query sees
  Matrix<const Number> queries;  // count × width, without their bias
  const float* query_bias;       // width
  Matrix<const Number> keys;     // rows that the mask names × width
  Heads heads;
  int columns;  // of the scores, at least the keys that a query sees
  float scale;  // 1/√head_size
  Mask mask;
};
template <class Number>
using ScoresSentence = AttentionScores<Number, SentenceMask>;
template <class Number>
using ScoresSource = AttentionScores<Number, SourceMask>;
template <class Number>
using ScoresPast = AttentionScores<Number, PastMask>;

// The softmax of each row of scores over the columns that its query sees.
template <class Number>
struct MaskedSoftmax {
  Number* attention_weights;  // (count·heads) × columns
  const float* scores;        // (count·heads) × columns
  const int* limits;          // count: how many keys each query sees
  int score_rows;             // count·heads
  int columns;                // of the scores
  int heads;                  // of a query
};

// The sum of the values by the weights.
template <class Number, class Mask>
struct WeightedSum {
  Matrix<Number> out;               // count × width
  const Number* attention_weights;  // (count·heads) × columns
  Matrix<const Number> values;      // rows that the mask names × width
  Heads heads;
  int columns;  // of the weights
  Mask mask;
};
template <class Number>
using WeightedSumSentence = WeightedSum<Number, SentenceMask>;
template <class Number>
using WeightedSumSource = WeightedSum<Number, SourceMask>;
template <class Number>
using WeightedSumPast = WeightedSum<Number, PastMask>;

// The weights of a step, whose averages over heads go into the history of all steps.
struct KeepAttention {
  Matrix<float> history;      // (beam·max_length) × columns that all sources share
  const float* head_weights;  // (count·heads) × columns
  int columns;                // of the weights
  int heads;                  // that are averaged
  const int* source_starts;   // slots: where the source begins among the history's columns
  const int* source_lengths;  // slots
  DecodingRows decoding;
};

// --- products -----------------------------------------------------------------------------------

// act(x·weightsᵀ + bias).
template <class Number, class Result>
struct Linear {
  Matrix<Result> out;      // count × outputs
  Matrix<const Number> x;  // count × inputs
  const Number* weights;   // outputs × inputs
  const float* bias;       // outputs
  int count;               // rows of x
  int outputs;             // columns of out
  int inputs;              // columns of x
  Activation activation;   // of the results
};

// act(out + bias), in place.
template <class Number>
struct AddBias {
  Matrix<Number> out;     // count × outputs
  const float* bias;      // outputs
  int outputs;            // columns
  Activation activation;  // of the sums
};

// The two products of a feed-forward layer.
template <class Number>
struct FeedForwardLayers {
  const Number* w1;  // inner × width
  const float* b1;   // inner
  const Number* w2;  // width × inner
  const float* b2;   // width
};

// act(x·w1ᵀ + b1)·w2ᵀ + b2.
template <class Number>
struct FeedForward {
  Matrix<Number> out;                  // count × width
  Matrix<const Number> x;              // count × width
  FeedForwardLayers<Number> weights;   // of both products
  int count;                           // rows of x
  int width;                           // columns of x and out
  int inner;                           // hidden units
  Activation activation;               // of the hidden units
};

// Rows of numbers as 8-bit integers, each with a scale.
template <class Number>
struct Quantize {
  signed char* integers;   // count × depth; zeros from `width` on
  float* scales;           // count
  Matrix<const Number> x;  // count × width
  int count;               // rows of x
  int width;               // columns of x
  int depth;               // width rounded up to a multiple of INT8_STEP
};

// The weights of a product, as `Quantize` makes them.
struct QuantizedWeights {
  const signed char* weight_integers;  // outputs × depth; zeros beyond the inputs
  const float* weight_scales;          // outputs
  const float* bias;                   // outputs
  int outputs;                         // rows of the weights
  int depth;  // inputs rounded up to a multiple of INT8_STEP, at most INT8_MAX_DEPTH
};

// act(x·weightsᵀ + bias) of quantized rows.
template <class Result>
struct LinearInt8 {
  Matrix<Result> out;            // count × outputs
  const signed char* x_integers;  // count × depth; zeros beyond the inputs
  const float* x_scales;         // count
  QuantizedWeights weights;
  int count;              // rows of x
  Activation activation;  // of the results
};

// act(x·weightsᵀ + bias) of rows that each block quantizes for itself.
template <class Number>
struct LinearQuantizing {
  Matrix<Number> out;      // count × outputs
  Matrix<const Number> x;  // count × width
  QuantizedWeights weights;
  int count;              // rows of x, at most THIN_ROWS
  int width;              // columns of x
  Activation activation;  // of the results
};

// --- caches and copies --------------------------------------------------------------------------

// The keys and values of a decoder step, which go to the place of each row's step.
template <class Number>
struct Append {
  Number* key_cache;            // (slots·beam·max_length) × width
  Number* value_cache;          // as the keys' cache
  Matrix<const Number> keys;    // count × width
  Matrix<const Number> values;  // as the keys, and with their stride
  int width;                    // columns
  DecodingRows decoding;
};

// The keys and values of a packed batch of sources, which go to the place of each source.
template <class Number>
struct Bind {
  Number* key_cache;            // source positions × width
  Number* value_cache;          // as the keys' cache
  Matrix<const Number> keys;    // count × width
  Matrix<const Number> values;  // as the keys, and with their stride
  const int* offsets;           // sentences + 1: where each sentence begins
  const int* starts;            // sentences: the first row of each in the caches
  int sentences;                // of the batch
  int width;                    // columns
};

// A matrix, and another one of another type that gets its numbers.
template <class From, class To>
struct Convert {
  Matrix<To> to;            // count × width
  Matrix<const From> from;  // count × width
  int width;                // columns
};

// A matrix, and another one with other strides that gets its numbers.
template <class Bits>
struct Copy {
  Matrix<Bits> to;          // count × width
  Matrix<const Bits> from;  // count × width
  int width;                // columns
};

// --- trials of products -------------------------------------------------------------------------

// Raises a flag if any row differs from the one that it repeats.
struct FindDifference {
  int* difference;                  // 1
  const unsigned short* repeats;    // any number × width: row r repeats row r % originals_count
  const unsigned short* originals;  // originals_count × width
  int originals_count;              // rows of the originals
  int width;                        // numbers of two bytes in a row
};
