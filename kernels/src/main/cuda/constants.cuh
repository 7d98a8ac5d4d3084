// SPDX-License-Identifier: Apache-2.0
// The numbers that a kernel and its launch have to agree on. Java and Python read them from here,
// by way of src/generator: one constant to a line, made of integers and of constants above it.
#pragma once

constexpr int WARP = 32;         // threads
constexpr int CHUNK_BYTES = 16;  // that one access moves
constexpr int ABSENT = -1;       // the row index of a row that stands for nothing
constexpr int NOT_FINITE = -1;   // how many tokens are found in logits that are not finite

// Sizes for embedding, norms, copies and caches: a block works on one row.
constexpr int ROW_THREADS = 128;   // threads of a block for a row of activations
constexpr int CACHE_THREADS = 64;  // threads of a block for a row of keys and values
constexpr int SLOT_THREADS = 64;   // threads of a block that starts a slot

// Sizes for attention.
constexpr int ATTEND_THREADS = 128;                // threads of a block, a warp for each head
constexpr int SPLIT_WARPS = 8;                     // warps of a block that share a query's keys
constexpr int SPLIT_THREADS = SPLIT_WARPS * WARP;  // threads of that block
constexpr int KEYS_OF_PART = 64;                   // keys whose weighted values have one sum
constexpr int MAX_HEAD_SIZE = 128;                 // columns of a head
constexpr int KEEP_THREADS = 64;                   // threads of a block that keeps a row's weights

// Sizes for the search.
constexpr int MAX_BEAM = 64;           // beams of a slot
constexpr int ADVANCE_THREADS = 128;   // threads of a block for a slot
constexpr int BEST_THREADS = 1024;     // threads of a block that finds the best tokens of a row
constexpr int BEST_FEW_THREADS = 256;  // threads of such a block where few tokens are to be found
constexpr int BEST_FEW = 32;           // the most tokens that BEST_FEW_THREADS find

// Sizes for feed-forward layers in one kernel.
constexpr int FF_THREADS = 256;               // threads of a block
constexpr int FF_HIDDEN = FF_THREADS / 2;     // hidden units of one round on tensor cores
constexpr int FF_PAD = 32;                    // numbers by which rows in shared memory are longer
constexpr int FF_WIDTH = 512;                 // the most columns of feed_forward on tensor cores
constexpr int FF_ROWS = 32;                   // rows of its block
constexpr int FF_WIDE_WIDTH = 2 * FF_WIDTH;   // the most columns of feed_forward_wide
constexpr int FF_WIDE_ROWS = 16;              // rows of its block
constexpr int FF_F32_ROWS = 8;                // rows of a block of feed_forward_f32
constexpr int FF_F32_WIDTH = 4 * FF_THREADS;  // the most columns of feed_forward_f32

// Sizes for products: the tile of a block, and its shared memory where it takes any.
constexpr int LINEAR_THREADS = 128;                                      // threads of a block
constexpr int LINEAR_TILE = 64;                                          // rows and outputs
constexpr int THIN_ROWS = 16;                                            // rows of a thin product
constexpr int LINEAR_THIN_THREADS = 64;                                  // threads of a block
constexpr int LINEAR_THIN_OUTPUTS = LINEAR_THIN_THREADS / WARP * 8;      // outputs of a block
constexpr int LINEAR_WIDE_THREADS = 256;                                 // threads of a block
constexpr int LINEAR_WIDE_TILE = 128;                                    // rows and outputs
constexpr int LINEAR_WIDE_SHARED_BYTES = 2 * 2 * LINEAR_WIDE_TILE * 64;  // two stages

// Sizes for products of 8-bit integers.
constexpr int INT8_STEP = 64;           // columns of one load; rows have a multiple of them
constexpr int INT8_MAX_DEPTH = 131072;  // columns whose products a 32-bit sum holds
constexpr int INT8_THIN_THREADS = 128;  // threads of a block
constexpr int INT8_THIN_OUTPUTS = 8;    // outputs of a block
constexpr int INT8_AHEAD = 8;           // loads of a warp before it needs the first

constexpr int INT8_THIN_ROUND = INT8_THIN_THREADS / WARP * INT8_STEP * INT8_AHEAD;  // columns

constexpr int INT8_THREADS = 128;         // threads of a block
constexpr int INT8_ROWS = 64;             // rows of its tile
constexpr int INT8_OUTPUTS = 64;          // outputs of its tile
constexpr int INT8_TALL_THREADS = 256;    // threads of a block
constexpr int INT8_TALL_ROWS = 128;       // rows of its tile
constexpr int INT8_TALL_OUTPUTS = 64;     // outputs of its tile
constexpr int INT8_WIDE_THREADS = 256;    // threads of a block
constexpr int INT8_WIDE_ROWS = 128;       // rows of its tile
constexpr int INT8_WIDE_OUTPUTS = 128;    // outputs of its tile
constexpr int INT8_WIDEST_THREADS = 256;  // threads of a block
constexpr int INT8_WIDEST_ROWS = 128;     // rows of its tile
constexpr int INT8_WIDEST_OUTPUTS = 256;  // outputs of its tile
constexpr int INT8_STAGES = 2;            // of a tile's columns in shared memory

// The function of a feed-forward layer: the enum dev.dragoman.device.Activation, by name.
enum Activation { NONE, RELU, SWISH, GELU, GELU_TANH };

// What a slot is doing: the constants of dev.dragoman.device.SlotState, by name.
enum Status { IDLE, RUNNING, FINISHED, FAILED };
