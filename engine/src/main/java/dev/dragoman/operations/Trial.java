package dev.dragoman.operations;

import dev.dragoman.device.Device;
import java.util.function.Supplier;

/** An operation with its inputs on a device. */
public interface Trial {

  /** Asks the device for the operation once. */
  void run();

  /** After a run: takes the result from the device and compares it with float64. */
  Deviation deviation();

  /** Returns a trial of its two parts. */
  static Trial of(Runnable run, Supplier<Deviation> deviation) {
    return new Trial() {
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
