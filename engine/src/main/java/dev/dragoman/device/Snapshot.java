// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * Brings the numbers of a tensor to the host later than they were there, so that the device need
 * not stand still for it. Used by the thread of its device.
 */
public interface Snapshot {

  /** Keeps the numbers as they are after the work asked for so far; does not wait. */
  void take();

  /**
   * Waits for the work before the last {@link #take}, and for no more.
   *
   * @return the numbers, row by row; valid until the next {@link #take}
   */
  int[] await();
}
