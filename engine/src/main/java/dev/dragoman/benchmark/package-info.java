// SPDX-License-Identifier: Apache-2.0
/**
 * Measures and sets limits: Transformers of given sizes with random weights, lengths of real
 * sentences, the least time in which hardware can do a step, a device that times each operation of
 * another, and a device that does nothing, which leaves the host's part.
 */
package dev.dragoman.benchmark;
