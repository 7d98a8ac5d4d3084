// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.DataType;
import org.apache.commons.math3.linear.RealMatrix;

/** The distance that a device may have from the float64 reference. */
public record Tolerance(double absolute, double relative) {

  /** Returns the tolerance for a precision of products. */
  public static Tolerance of(DataType precision) {
    return switch (precision) {
      case F32 -> new Tolerance(1e-5, 1e-5);
      case F16 -> new Tolerance(1e-2, 1e-2);
      case BF16 -> new Tolerance(4e-2, 4e-2);
      // The feed-forward layer rounds x, its weights, and the hidden activations: of 256 x 512 to
      // 2048 to 512 the worst number needs 0.12.
      case I8 -> new Tolerance(2e-1, 4e-2);
      case I32 -> throw new IllegalArgumentException("integers are exact");
    };
  }

  /**
   * Returns the number that is farthest from its reference.
   *
   * @param actual as many numbers as the reference has, row by row
   * @param reduction how many numbers each result is the sum of; errors of a sum grow with the root
   *     of its length
   */
  public Deviation deviation(RealMatrix reference, float[] actual, int reduction) {
    int columns = reference.getColumnDimension();
    if (actual.length != reference.getRowDimension() * columns) {
      throw new IllegalArgumentException(
          actual.length + " numbers, not " + reference.getRowDimension() + " x " + columns);
    }
    double growth = Math.max(1, Math.sqrt(reduction / 16.0));
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < actual.length; i++) {
      double expected = reference.getEntry(i / columns, i % columns);
      double allowed = growth * (absolute + relative * Math.abs(expected));
      double share = Math.abs(actual[i] - expected) / allowed;
      if (!(share <= worst.share())) { // NaN is the worst of all
        String where =
            String.format(
                "row %d, column %d is %s, not %s within %s",
                i / columns, i % columns, actual[i], expected, allowed);
        worst = new Deviation(share, where);
      }
    }
    return worst;
  }

  /**
   * Fails unless every number is near its reference.
   *
   * @param reduction as in {@link #deviation}
   * @throws DisagreementException naming the number that is farthest
   */
  public void check(String what, RealMatrix reference, float[] actual, int reduction) {
    Deviation deviation = deviation(reference, actual, reduction);
    if (!deviation.agrees()) {
      throw new DisagreementException(what + ": " + deviation.where());
    }
  }
}
