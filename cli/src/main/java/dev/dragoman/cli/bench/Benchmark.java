// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.benchmark.TimedDevice;
import dev.dragoman.doctor.Clock;
import dev.dragoman.pipeline.Activity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates the same lines again and again and keeps what was measured.
 *
 * @param workload what is translated
 * @param timed devices whose operations are timed
 */
record Benchmark(Workload workload, List<TimedDevice> timed) {

  /**
   * How much is measured.
   *
   * @param warmUp runs that are not
   * @param runs runs that are
   * @param latency lines that are then translated one at a time
   */
  record Plan(int warmUp, int runs, int latency) {}

  /**
   * A pass over the lines.
   *
   * @param seconds of wall time
   * @param processorSeconds of all threads of the process
   * @param operations seconds by operation, all workers together; none for devices that run a step
   *     as a whole
   * @param products multiplications and additions per second of one worker, by operation and shape
   *     of the weights; none for such devices
   * @param activity of the workers
   * @param idle seconds of the workers, all together, in which they had nothing to do
   */
  record Run(
      double seconds,
      double processorSeconds,
      long sourceTokens,
      long targetTokens,
      Map<String, Double> operations,
      Map<String, Double> products,
      Activity activity,
      double idle) {}

  /**
   * What was measured.
   *
   * @param latencies milliseconds of single lines
   */
  record Measured(List<Run> runs, List<Double> latencies) {}

  Measured measure(Plan plan) {
    for (int i = 0; i < plan.warmUp(); i++) {
      run();
    }
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < plan.runs(); i++) {
      runs.add(run());
    }
    List<Double> latencies = new ArrayList<>();
    for (int i = 0; i < plan.latency(); i++) {
      long start = System.nanoTime();
      workload.translateOne(i % workload.lines());
      latencies.add((System.nanoTime() - start) / 1e6);
    }
    return new Measured(runs, latencies);
  }

  private Run run() {
    timed.forEach(TimedDevice::reset);
    Activity before = workload.activity();
    double processor = Clock.PROCESSOR.seconds();
    long start = System.nanoTime();
    Workload.Tokens tokens = workload.translateAll();
    double seconds = (System.nanoTime() - start) / 1e9;
    Activity activity = workload.activity().since(before);
    return new Run(
        seconds,
        Clock.PROCESSOR.seconds() - processor,
        tokens.source(),
        tokens.target(),
        operations(),
        products(),
        activity,
        workload.loaded().workers() * seconds - activity.busy());
  }

  /**
   * Returns the products of the one device whose operations are timed, the processor, or nothing.
   */
  private Map<String, Double> products() {
    return timed.stream().findFirst().map(TimedDevice::operationsPerSecond).orElse(Map.of());
  }

  private Map<String, Double> operations() {
    Map<String, Double> operations = new LinkedHashMap<>();
    for (TimedDevice device : timed) {
      device
          .times()
          .forEach((name, nanoseconds) -> operations.merge(name, nanoseconds / 1e9, Double::sum));
    }
    return operations;
  }
}
