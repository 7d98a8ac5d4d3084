// SPDX-License-Identifier: Apache-2.0
/**
 * The door to the kernels: what a launch passes, as types. Most of this package is made from the
 * headers in src/main/cuda when the project is built, by src/generator: a record for each struct of
 * arguments, a type for each name of a pointer, the handles of all {@link
 * dev.dragoman.device.cuda.launch.Kernels} and the constants that both sides need. It knows nothing
 * of streams and memory; {@link dev.dragoman.device.cuda} launches.
 */
package dev.dragoman.device.cuda.launch;
