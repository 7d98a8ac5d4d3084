package dev.dragoman.doctor;

/**
 * How far a result is from its reference, where it is farthest.
 *
 * @param share of what is allowed: 0 is equal, more than 1 does not agree
 * @param where and by how much, for people
 */
public record Deviation(double share, String where) {
  /** Every number is its reference. */
  public static final Deviation NONE = new Deviation(0, "equal");

  /** A result that is not a matter of degree: it is another one. */
  public static Deviation wrong(String where) {
    return new Deviation(Double.POSITIVE_INFINITY, where);
  }

  /** Whether it is within what is allowed. */
  public boolean agrees() {
    return share <= 1;
  }

  /** The worse of both. */
  public Deviation or(Deviation other) {
    return other.share > share ? other : this;
  }
}
