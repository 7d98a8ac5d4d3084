// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Device;
import java.util.function.Supplier;

/** An operation that is prepared on a device: with its inputs there, and room for its result. */
public interface PreparedOperation {

  /** Asks the device for the operation once. */
  void run();

  /** Takes the result of a run from the device and compares it with float64. */
  Deviation deviation();

  /** Returns a prepared operation of its two parts. */
  static PreparedOperation of(Runnable run, Supplier<Deviation> deviation) {
    return new PreparedOperation() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public Deviation deviation() {
        return deviation.get();
      }
    };
  }

  /** Returns what runs it several times, with as little of the host as can be. */
  default Runnable repeated(Device device, int times) {
    return device.record(() -> repeat(times));
  }

  /** Runs it several times. */
  default void repeat(int times) {
    for (int i = 0; i < times; i++) {
      run();
    }
  }
}
