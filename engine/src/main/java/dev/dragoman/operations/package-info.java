// SPDX-License-Identifier: Apache-2.0
/**
 * The catalogue of operations: for each operation of a {@link dev.dragoman.device.Device} its
 * cases, that is parameters, inputs, a float64 reference, a tolerance and the least work. The
 * contract of devices compares all of them, the doctor compares and times them, benchmarks set
 * times beside the least work. Adding an operation takes one class and one line in {@link
 * dev.dragoman.operations.Catalogue}.
 */
package dev.dragoman.operations;
