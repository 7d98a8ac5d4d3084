// SPDX-License-Identifier: Apache-2.0
// Barriers and warp collectives.
#pragma once

inline void __syncthreads() { emulator::sync_threads(0); }
inline void __syncwarp(unsigned mask = ~0u) {
  emulator::collective(mask, nullptr, [](void* const*, unsigned) {});
}

namespace emulator {
template <class T>
struct Shuffle {
  T value, result;
  unsigned source;
};

template <class T>
inline T shuffle(unsigned mask, T value, unsigned source) {
  static_assert(sizeof(T) <= 8, "a shuffle moves 4 or 8 bytes");
  Shuffle<T> mine{value, value, source};
  collective(mask, &mine, [](void* const* lanes, unsigned arrived) {
    for (unsigned lane = 0; lane < 32; lane++) {
      if (!(arrived >> lane & 1)) continue;
      auto* to = static_cast<Shuffle<T>*>(lanes[lane]);
      if (arrived >> to->source & 1) {
        to->result = static_cast<Shuffle<T>*>(lanes[to->source])->value;
      } else {  // undefined on a GPU: poison it here
        memset(static_cast<void*>(&to->result), 0xff, sizeof(T));
      }
    }
  });
  return mine.result;
}

struct Vote {
  bool predicate;
  unsigned ballot;
};
}  // namespace emulator

template <class T>
inline T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
  unsigned lane = emulator::current_thread().lane;
  return emulator::shuffle(mask, value, (lane & ~(width - 1)) | (source & (width - 1)));
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32) {
  unsigned lane = emulator::current_thread().lane, source = lane ^ lanes;
  return emulator::shuffle(mask, value, source / width > lane / width ? lane : source & 31);
}

inline unsigned __ballot_sync(unsigned mask, int predicate) {
  emulator::Vote mine{predicate != 0, 0};
  emulator::collective(mask, &mine, [](void* const* lanes, unsigned arrived) {
    unsigned ballot = 0;
    for (int lane = 0; lane < 32; lane++) {
      if (arrived >> lane & 1 && static_cast<emulator::Vote*>(lanes[lane])->predicate) {
        ballot |= 1u << lane;
      }
    }
    for (int lane = 0; lane < 32; lane++) {
      if (arrived >> lane & 1) static_cast<emulator::Vote*>(lanes[lane])->ballot = ballot;
    }
  });
  return mine.ballot;
}

namespace emulator {
// Computes mma.sync.m16n8k16 with f16 inputs: registers as in the PTX ISA, "Matrix fragments for
// mma.m16n8k16 with floating point type". HALF is any 16-bit type that converts to float.
template <class HALF>
inline void mma_m16n8k16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
  struct Lane {
    float* d;
    HALF a[8], b[4];
  } mine;
  mine.d = d;
  memcpy(static_cast<void*>(mine.a), a, sizeof a);
  memcpy(static_cast<void*>(mine.b), b, sizeof b);
  collective(~0u, &mine, [](void* const* lanes, unsigned arrived) {
    if (arrived != ~0u) fail(LAUNCH_FAILED, "mma.sync needs all 32 lanes of the warp");
    float A[16][16], B[16][8];
    for (int lane = 0; lane < 32; lane++) {
      auto* in = static_cast<Lane*>(lanes[lane]);
      int group = lane / 4, pair = lane % 4 * 2;
      for (int i = 0; i < 8; i++) {
        A[group + (i & 2 ? 8 : 0)][pair + (i & 1) + (i & 4 ? 8 : 0)] = static_cast<float>(in->a[i]);
      }
      for (int i = 0; i < 4; i++) {
        B[pair + (i & 1) + (i & 2 ? 8 : 0)][group] = static_cast<float>(in->b[i]);
      }
    }
    for (int lane = 0; lane < 32; lane++) {
      auto* out = static_cast<Lane*>(lanes[lane]);
      for (int i = 0; i < 4; i++) {
        int row = lane / 4 + (i & 2 ? 8 : 0), column = lane % 4 * 2 + (i & 1);
        float sum = out->d[i];
        for (int k = 0; k < 16; k++) sum += A[row][k] * B[k][column];
        out->d[i] = sum;
      }
    }
  });
}

// Computes mma.sync.m16n8k32 with s8 inputs: registers as in the PTX ISA, "Matrix fragments for
// mma.m16n8k32".
inline void mma_s8_m16n8k32(int (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
  struct Lane {
    int* d;
    signed char a[4][4], b[2][4];
  } mine;
  mine.d = d;
  memcpy(mine.a, a, sizeof a);
  memcpy(mine.b, b, sizeof b);
  collective(~0u, &mine, [](void* const* lanes, unsigned arrived) {
    if (arrived != ~0u) fail(LAUNCH_FAILED, "mma.sync needs all 32 lanes of the warp");
    signed char rows[16][32], columns[8][32];
    for (int lane = 0; lane < 32; lane++) {
      auto* in = static_cast<Lane*>(lanes[lane]);
      int group = lane / 4, four = lane % 4 * 4;
      for (int i = 0; i < 4; i++) {
        memcpy(&rows[group + i % 2 * 8][four + i / 2 * 16], in->a[i], 4);
      }
      for (int i = 0; i < 2; i++) memcpy(&columns[group][four + i * 16], in->b[i], 4);
    }
    for (int lane = 0; lane < 32; lane++) {
      auto* out = static_cast<Lane*>(lanes[lane]);
      for (int i = 0; i < 4; i++) {
        int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2, sum = 0;
        for (int k = 0; k < 32; k++) sum += rows[row][k] * columns[column][k];
        out->d[i] += sum;
      }
    }
  });
}
}  // namespace emulator
