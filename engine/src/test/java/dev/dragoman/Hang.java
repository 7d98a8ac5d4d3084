// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

/** The time after which a test that has not ended is taken for one that never will. */
public final class Hang {
  /**
   * The seconds for {@link org.junit.jupiter.api.Timeout} and for whatever else a test waits for:
   * so many that no machine is slow enough to reach it. What a test waits for is an event, never a
   * time.
   */
  public static final long SECONDS = 600;

  private Hang() {}
}
