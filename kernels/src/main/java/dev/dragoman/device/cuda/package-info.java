/**
 * The CUDA device: our kernels and cuBLAS behind the seam of {@link dev.dragoman.device.Device}, on
 * the driver API through JCuda.
 */
package dev.dragoman.device.cuda;
