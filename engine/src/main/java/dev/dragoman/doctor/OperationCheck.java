package dev.dragoman.doctor;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares every operation of a device with float64 and times it. */
final class OperationCheck {
  private static final Logger log = LoggerFactory.getLogger(OperationCheck.class);
  private static final List<Sizes> COMPARED = List.of(Sizes.ODD, Sizes.EVEN, Sizes.WIDE);

  private final Supplier<Device> devices;
  private final DataType precision;
  private final Sizes timed;
  private final Stopwatch stopwatch;

  /**
   * With a device for each operation, so that it has all of the memory.
   *
   * @param timed the sizes that are timed
   */
  OperationCheck(Supplier<Device> devices, DataType precision, Sizes timed, Stopwatch stopwatch) {
    this.devices = devices;
    this.precision = precision;
    this.timed = timed;
    this.stopwatch = stopwatch;
  }

  /** Times all before it compares any: odd sizes would teach the JIT compiler what is not usual. */
  List<OperationResult> run() {
    List<Double> seconds = Operations.all().stream().map(this::seconds).toList();
    Types types = types();
    List<OperationResult> results = new ArrayList<>();
    for (Operation operation : Operations.all()) {
      results.add(
          new OperationResult(
              operation.title(),
              deviation(operation),
              operation.shape(timed),
              operation.work(timed, types),
              seconds.get(results.size())));
    }
    return results;
  }

  private Types types() {
    try (Device device = devices.get()) {
      return new Types(precision, device.capacity().activations());
    }
  }

  /** NaN if it cannot run; the comparison says why. */
  private double seconds(Operation operation) {
    try (Device device = devices.get()) {
      return stopwatch.median(device, operation.prepare(new Workbench(device, precision), timed));
    } catch (RuntimeException e) {
      log.debug("{} cannot be timed", operation.title(), e);
      return Double.NaN;
    }
  }

  /** One that fails is a result, and the next ones may not. */
  private Deviation deviation(Operation operation) {
    Deviation worst = Deviation.NONE;
    try (Device device = devices.get()) {
      Workbench bench = new Workbench(device, precision);
      for (Sizes sizes : COMPARED) {
        Trial trial = operation.prepare(bench, sizes);
        trial.run();
        worst = worst.or(trial.deviation());
      }
    } catch (RuntimeException e) {
      log.debug("{} failed", operation.title(), e);
      worst = Deviation.wrong("failed: " + e.getMessage());
    }
    return worst;
  }
}
