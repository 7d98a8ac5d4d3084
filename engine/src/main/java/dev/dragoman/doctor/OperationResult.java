// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.operations.Deviation;
import dev.dragoman.operations.Work;

/**
 * What one operation came to.
 *
 * @param operation the method of the seam, and the form if it has several
 * @param deviation the farthest from float64, over several sizes
 * @param shape what was timed
 * @param work the least of it
 * @param seconds of one run, the median; NaN if it could not run
 */
public record OperationResult(
    String operation, Deviation deviation, String shape, Work work, double seconds) {}
