// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * Another device whose every operation a test can watch or break, by overriding it: nothing is
 * recorded, so that the operations of every step come this way.
 */
public abstract class WatchedDevice extends ForwardingDevice {

  /** Watches {@code device}, which is closed with this. */
  protected WatchedDevice(Device device) {
    super(device);
  }

  /** {@inheritDoc} It is two operations here, so that tests see {@link #advance}. */
  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    return new LogitsSearch(this, words, bias, rows);
  }

  @Override
  public Runnable record(Runnable step) {
    return step;
  }
}
