// SPDX-License-Identifier: Apache-2.0
/**
 * The CUDA device: our kernels and NVIDIA's libraries of products behind the seam of {@link
 * dev.dragoman.device.Device}, on the driver API through JCuda.
 *
 * <p>A {@code Gpu} has the context, the kernels and the weights; each fork of a {@code CudaDevice}
 * has a stream and memory of its own, its {@code Execution}. What a launch passes has a type, in
 * {@link dev.dragoman.device.cuda.launch}; only {@code KernelLauncher} launches.
 */
package dev.dragoman.device.cuda;
