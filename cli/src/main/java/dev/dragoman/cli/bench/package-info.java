// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code bench} measures how fast a model, or random weights of its size, translates,
 * and compares that with what the hardware could do.
 */
package dev.dragoman.cli.bench;
