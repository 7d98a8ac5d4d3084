// SPDX-License-Identifier: Apache-2.0
// Kernels with one planted fault each, to see that the emulated driver reports it.

// Reads its neighbour's element without a barrier.
extern "C" __global__ void __launch_bounds__(64) missing_barrier(float* out) {
  __shared__ float values[64];
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  out[threadIdx.x] = values[63 - threadIdx.x];
}

// Does the same with the barrier.
extern "C" __global__ void __launch_bounds__(64) with_barrier(float* out) {
  __shared__ float values[64];
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  __syncthreads();
  out[threadIdx.x] = values[63 - threadIdx.x];
}

// Half of the threads wait at a barrier, the others in a shuffle.
extern "C" __global__ void __launch_bounds__(64) divergent_barrier(float* out) {
  if (threadIdx.x < 40) {
    __syncthreads();
    out[threadIdx.x] = 1;
  } else {
    out[threadIdx.x] = __shfl_sync(0xffffffffu, 2.0f, 0);
  }
}

// Sums into shared memory that nobody has set.
extern "C" __global__ void __launch_bounds__(32) uninitialized_shared(float* out) {
  __shared__ float sum;
  atomicAdd(&sum, 1.0f);
  __syncthreads();
  out[threadIdx.x] = sum;
}

// Writes out[offset + i].
extern "C" __global__ void __launch_bounds__(32) write_at(float* out, int offset) {
  out[offset + static_cast<int>(threadIdx.x)] = 1;
}

// Copies, so that a read of a buffer that nobody has set shows.
extern "C" __global__ void __launch_bounds__(32) copy_one(float* out, const float* in) {
  out[threadIdx.x] = in[threadIdx.x];
}

// Reads in[offset + i].
extern "C" __global__ void __launch_bounds__(32) read_at(float* out, const float* in, int offset) {
  out[threadIdx.x] = in[offset + static_cast<int>(threadIdx.x)];
}

// Writes four bytes past `bytes` of dynamic shared memory.
extern "C" __global__ void __launch_bounds__(32) shared_overrun(float* out, int bytes) {
  extern __shared__ uint4 dynamic_shared[];
  reinterpret_cast<float*>(dynamic_shared)[bytes / 4] = 1;
  out[threadIdx.x] = 0;
}

// Overflows, which is undefined behaviour, for large numbers.
extern "C" __global__ void __launch_bounds__(32) signed_overflow(int* out, int number) {
  out[threadIdx.x] = number * 65536;
}

// Reads 16 bytes that begin 4 · `offset` bytes after `in`.
extern "C" __global__ void __launch_bounds__(32)
    misaligned_load(float* out, const float* in, int offset) {
  out[threadIdx.x] = reinterpret_cast<const float4*>(in + offset)->x;
}

// Shifts by so many bits.
extern "C" __global__ void __launch_bounds__(32) wide_shift(int* out, int bits) {
  out[threadIdx.x] = 1 << bits;
}

// Reads values[index] of four.
extern "C" __global__ void __launch_bounds__(32) index_outside(float* out, int index) {
  float values[4] = {1, 2, 3, 4};
  out[threadIdx.x] = values[index];
}

// Takes more registers than 1,024 threads have: resources.tsv says 65, and 1,024 bytes of shared
// memory.
extern "C" __global__ void __launch_bounds__(1024, 1) many_registers(float* out) {
  __shared__ float values[256];
  values[threadIdx.x % 256] = 1;
  __syncthreads();
  out[threadIdx.x % 64] = values[threadIdx.x % 256];
}

// The functions that are fast and inexact on a GPU: exp, log and 1 / sqrt of in[i], from 0 on, from
// 64 on and from 128 on.
extern "C" __global__ void __launch_bounds__(64) fast_functions(float* out, const float* in) {
  const float x = in[threadIdx.x];
  out[threadIdx.x] = __expf(x);
  out[64 + threadIdx.x] = __logf(x);
  out[128 + threadIdx.x] = rsqrtf(x);
}

// Says that the kernels were made for other warps than the program's.
extern "C" {
__device__ char kernel_layout[] = "constant\tWARP\t16\n";
}
