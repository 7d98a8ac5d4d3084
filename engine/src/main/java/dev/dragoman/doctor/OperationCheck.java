// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.Device;
import dev.dragoman.device.OutOfDeviceMemoryException;
import dev.dragoman.operations.Deviation;
import dev.dragoman.operations.Operation;
import dev.dragoman.operations.OperationCase;
import dev.dragoman.operations.PreparedOperation;
import dev.dragoman.operations.Sizes;
import dev.dragoman.operations.Types;
import dev.dragoman.operations.Workbench;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares operations of a device with float64 and times them. */
final class OperationCheck {
  private static final Logger log = LoggerFactory.getLogger(OperationCheck.class);

  private final SharedDevice shared;
  private final Types types;
  private final Sizes timed;
  private final Stopwatch stopwatch;

  /**
   * Checks each operation on a fork of its own, so that it has all of the memory.
   *
   * @param timed the sizes that are timed
   */
  OperationCheck(SharedDevice shared, Types types, Sizes timed, Stopwatch stopwatch) {
    this.shared = shared;
    this.types = types;
    this.timed = timed;
    this.stopwatch = stopwatch;
  }

  /**
   * The result of timing.
   *
   * @param seconds NaN if it could not run
   * @param deviation that it has failed
   */
  private record Timing(double seconds, Deviation deviation) {}

  /**
   * Tries one operation after the other. One that fails is a result, and the next ones may not.
   *
   * @param done told each result at once
   */
  void run(List<Operation> operations, Consumer<OperationResult> done) {
    Map<Operation, Timing> before = new HashMap<>();
    if (Clock.of(shared.device()) == Clock.PROCESSOR) {
      // Odd sizes would teach Java's compiler what is not usual: all are timed before them.
      operations.forEach(operation -> before.put(operation, time(operation)));
    }
    for (Operation operation : operations) {
      Timing timing = before.containsKey(operation) ? before.get(operation) : time(operation);
      done.accept(
          new OperationResult(
              operation.name(),
              compare(operation).or(timing.deviation()),
              operation.at(timed).shape(),
              operation.at(timed).work(types),
              timing.seconds()));
    }
  }

  private Timing time(Operation operation) {
    try {
      return new Timing(shared.use(device -> seconds(operation, device)), Deviation.NONE);
    } catch (OutOfDeviceMemoryException e) { // a small device may be right all the same
      log.warn("{} cannot be timed: {}", operation.name(), e.getMessage());
      return new Timing(Double.NaN, Deviation.NONE);
    } catch (RuntimeException e) {
      return new Timing(Double.NaN, failed(operation, e));
    }
  }

  private double seconds(Operation operation, Device device) {
    return stopwatch.median(device, operation.at(timed).prepare(bench(device)));
  }

  private Deviation compare(Operation operation) {
    try {
      return shared.use(device -> deviation(operation, device));
    } catch (RuntimeException e) {
      return failed(operation, e);
    }
  }

  private Deviation deviation(Operation operation, Device device) {
    Workbench bench = bench(device);
    Deviation worst = Deviation.NONE;
    for (OperationCase each : operation.cases()) {
      PreparedOperation prepared = each.prepare(bench);
      prepared.run();
      worst = worst.or(prepared.deviation());
    }
    return worst;
  }

  private Workbench bench(Device device) {
    return new Workbench(device, types.products());
  }

  private static Deviation failed(Operation operation, RuntimeException e) {
    log.debug("{} failed", operation.name(), e);
    return Deviation.wrong("failed: " + e.getMessage());
  }
}
