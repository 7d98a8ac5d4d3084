// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import java.util.Arrays;

/**
 * How far a result is from its reference, where it is farthest.
 *
 * @param share of what is allowed: 0 is equal, more than 1 does not agree
 * @param where and by how much, to be read
 */
public record Deviation(double share, String where) {
  /** Every number is its reference. */
  public static final Deviation NONE = new Deviation(0, "equal");

  /** Takes NaN for farther than anything, as every comparison with NaN is false. */
  public Deviation {
    share = Double.isNaN(share) ? Double.POSITIVE_INFINITY : share;
  }

  /** Returns that of a result which is not near but another one. */
  public static Deviation wrong(String where) {
    return new Deviation(Double.POSITIVE_INFINITY, where);
  }

  /** Returns whether it is within what is allowed. */
  public boolean agrees() {
    return share <= 1;
  }

  /** Returns that of numbers which must have the bits of others. */
  public static Deviation ofBits(String what, float[] expected, float[] actual) {
    int at = Arrays.mismatch(expected, actual);
    return at < 0
        ? NONE
        : wrong(what + ": number " + at + " is " + actual[at] + ", not " + expected[at]);
  }

  /** Returns that of integers, which are exact. */
  public static Deviation ofIntegers(String what, int[] expected, int[] actual) {
    int at = Arrays.mismatch(expected, actual);
    return at < 0
        ? NONE
        : wrong(what + ": number " + at + " is " + actual[at] + ", not " + expected[at]);
  }

  /** Returns the worse of both. */
  public Deviation or(Deviation other) {
    return other.share > share ? other : this;
  }
}
