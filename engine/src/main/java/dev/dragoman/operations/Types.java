// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.DataType;

/**
 * How a device keeps numbers.
 *
 * @param products of weights, and what it multiplies in
 * @param activations of intermediate results and caches
 */
public record Types(DataType products, DataType activations) {}
