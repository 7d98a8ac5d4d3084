package dev.dragoman;

/** When a test that has not ended is taken for one that never will. */
public final class Hang {
  /**
   * For {@link org.junit.jupiter.api.Timeout} and whatever else a test waits for: so long that no
   * machine is slow enough to reach it. What a test waits for is an event, never a time.
   */
  public static final long SECONDS = 600;

  private Hang() {}
}
