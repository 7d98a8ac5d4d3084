/**
 * The CUDA device: our kernels and NVIDIA's libraries of products behind the seam of {@link
 * dev.dragoman.device.Device}, on the driver API through JCuda.
 */
package dev.dragoman.device.cuda;
