// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.DataType;

/**
 * How a test set was translated with products in one precision.
 *
 * @param linesPerSecond of the best pass
 * @param bleu 0 to 100, beside the test set's references, or beside what float32 made of it; NaN
 *     where there is neither
 */
public record PrecisionResult(DataType precision, double linesPerSecond, double bleu) {}
