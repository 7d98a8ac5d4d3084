// SPDX-License-Identifier: Apache-2.0
// The arguments of the kernels that keep the slots and search in them, as in arguments.cuh.
#pragma once
#include "arguments.cuh"

// What the slots remember: dev.dragoman.device.SlotState says what each means.
struct Slots {
  int* tokens;         // (slots·beam) × max_length
  int* ancestors;      // (slots·beam) × max_length: the row that holds each position
  float* beam_scores;  // slots·beam
  int* steps;          // slots
  int* status;         // slots: a Status
  int* best_ended;     // slots
  int beam;            // rows of a slot
  int max_length;      // positions of a row
};

// Slots for new sentences.
struct StartSlots {
  const int* sentence_slots;  // sentences: the slot of each
  const int* offsets;         // sentences + 1: where each sentence begins
  const int* starts;          // sentences: the first row of each in the source caches
  Slots slots;
  int* source_starts;      // slots
  int* source_lengths;     // slots
  int* hypothesis_counts;  // slots
  int start_token;         // is fed first
};

// The best tokens of each row; best = 2·beam.
struct Candidates {
  float* log_probabilities;  // count × best, best first
  int* candidate_tokens;     // count × best
  int* found;                // count: how many there are, or NOT_FINITE
};

// Which rows are searched, and for what.
struct SearchedRows {
  const int* status;  // slots: a Status; slots that do not run are left alone
  DecodingRows decoding;
  int min_length;   // positions before which the end token is not chosen
  int end_token;    // ends a hypothesis
  int first_token;  // the only one of step 0, or negative
};

// The best of all tokens.
struct BestTokens {
  Candidates candidates;
  Matrix<const float> logits;  // count × vocabulary
  const float* bias;           // vocabulary: is added to the logits
  int vocabulary;              // columns of the logits
  SearchedRows searched;
};

// The best tokens of each slot's shortlist.
struct BestShortlistTokens {
  Candidates candidates;
  Matrix<const float> logits;   // count × vocabulary; only those of the shortlists are read
  const float* bias;            // vocabulary: is added to the logits
  const int* shortlists;        // slots × longest_shortlist: the words of each slot, rising
  const int* shortlist_counts;  // slots: how many they are
  int longest_shortlist;        // columns of the shortlists
  SearchedRows searched;
};

// What has been found for the slots: in the host's memory.
struct Hypotheses {
  int* hypothesis_tokens;    // (slots·capacity) × max_length
  int* hypothesis_lengths;   // slots·capacity
  int* hypothesis_ended;     // slots·capacity: 1 for the end token, 0 at the last position
  int* hypothesis_rows;      // as the tokens: the rows that were fed; or null
  float* hypothesis_scores;  // slots·capacity
  int* hypothesis_counts;    // slots
  int capacity;              // hypotheses of a slot that are kept
};

// The slots' candidates, which become hypotheses and the next tokens of the beams.
struct Advance {
  Candidates candidates;
  const int* rows;  // count: rows of the slots' state, or ABSENT; those of a slot together
  int count;        // rows of the step
  Slots slots;
  Hypotheses hypotheses;
  int wanted;      // hypotheses that finish a slot
  int early_exit;  // how many finish it once the best candidate has ended; 0 for none
  int end_token;   // ends a hypothesis
};
