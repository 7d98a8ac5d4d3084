package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import org.apache.commons.math3.linear.RealMatrix;

/** How far a device may be from the float64 reference: one table for all tests. */
public record Tolerance(double absolute, double relative) {

  /** By the precision of the products. */
  public static Tolerance of(DataType precision) {
    return switch (precision) {
      case F32 -> new Tolerance(1e-5, 1e-5);
      case F16 -> new Tolerance(1e-2, 1e-2);
      case BF16 -> new Tolerance(4e-2, 4e-2);
      case I32 -> throw new IllegalArgumentException("integers are exact");
    };
  }

  /**
   * Fails unless every number is near its reference.
   *
   * @param reduction how many numbers each result is the sum of; errors of a sum grow with the root
   *     of its length
   */
  public void check(String what, RealMatrix reference, float[] actual, int reduction) {
    int columns = reference.getColumnDimension();
    assertEquals(reference.getRowDimension() * columns, actual.length, what);
    double growth = Math.max(1, Math.sqrt(reduction / 16.0));
    for (int i = 0; i < actual.length; i++) {
      double expected = reference.getEntry(i / columns, i % columns);
      double allowed = growth * (absolute + relative * Math.abs(expected));
      if (!(Math.abs(actual[i] - expected) <= allowed)) {
        fail(
            String.format(
                "%s: row %d, column %d is %s, not %s within %s",
                what, i / columns, i % columns, actual[i], expected, allowed));
      }
    }
  }
}
