// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.Device;
import dev.dragoman.operations.PreparedOperation;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Times an operation: warm, several runs at once, the median of several times.
 *
 * @param seconds of one measurement, about; 0 for a single run
 * @param measurements of which the median is taken
 */
record Stopwatch(double seconds, int measurements) {
  /** Times single runs without warming up. */
  static final Stopwatch ONCE = new Stopwatch(0, 3);

  private static final int WARM_UP = 12;
  private static final int MOST_RUNS = 100;

  /** Returns the seconds of one run. */
  double median(Device device, PreparedOperation operation) {
    operation.run(); // what is slow once
    device.synchronize();
    double once = measure(device, operation::run);
    int times = (int) Math.max(1, Math.min(MOST_RUNS, seconds / once));
    Runnable runs = operation.repeated(device, times);
    for (double warm = 0; warm < WARM_UP * seconds; ) { // until it is compiled
      warm += measure(device, runs);
    }
    double[] measured =
        DoubleStream.generate(() -> measure(device, runs)).limit(measurements).toArray();
    return StatUtils.percentile(measured, 50) / times;
  }

  private static double measure(Device device, Runnable work) {
    long start = System.nanoTime();
    work.run();
    device.synchronize();
    return (System.nanoTime() - start) / 1e9;
  }
}
