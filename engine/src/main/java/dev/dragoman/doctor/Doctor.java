package dev.dragoman.doctor;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Limits;
import dev.dragoman.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Examines devices: what {@code dragoman doctor} shows. */
public final class Doctor {
  private static final Logger log = LoggerFactory.getLogger(Doctor.class);

  /** Seconds of a measurement. */
  private static final double MEASUREMENT = 0.02;

  /** Seconds that translations in a precision are measured. */
  private static final double TRANSLATION = 1.2;

  /** Golden records for each setting, with little effort. */
  private static final int FEW_RECORDS = 6;

  /** In flight, with little effort. */
  private static final int FEW_SLOTS = 4;

  private final Optional<Patient> model;
  private final Consumer<String> progress;
  private final Effort effort;

  /**
   * A model.
   *
   * @param golden what another program made of it
   * @param sample what the precisions are compared with; empty if they are not
   */
  public record Patient(Model model, List<GoldenRecord> golden, Optional<Sample> sample) {}

  /** How thoroughly to examine. Operations are compared with float64 all the same. */
  public enum Effort {
    /** All golden records, and times that mean something. */
    FULL,
    /** Some golden records, and each operation once, at a small size: for emulated devices. */
    LITTLE
  }

  /**
   * A doctor.
   *
   * @param progress told what begins, for people who wait
   * @param effort for devices that are not emulated
   */
  public Doctor(Optional<Patient> model, Consumer<String> progress, Effort effort) {
    this.model = model;
    this.progress = progress;
    this.effort = effort;
  }

  /** A thorough doctor. */
  public Doctor(Optional<Patient> model, Consumer<String> progress) {
    this(model, progress, Effort.FULL);
  }

  /** Examines a device in all of its precisions. */
  public DeviceReport examine(FoundDevice found) {
    List<DeviceReport.Run> runs = new ArrayList<>();
    for (DataType precision : found.precisions()) {
      runs.add(examine(found, precision));
    }
    return new DeviceReport(found, found.facts(), runs, compare(found, runs));
  }

  /** Last, when Java's compiler has seen everything, so that no precision pays for another. */
  private Optional<PrecisionComparison> compare(FoundDevice found, List<DeviceReport.Run> runs) {
    Optional<Sample> sample = model.flatMap(Patient::sample);
    List<DataType> working =
        runs.stream()
            .filter(run -> run.failure().isEmpty())
            .map(DeviceReport.Run::precision)
            .toList();
    if (sample.isEmpty() || working.size() < 2 || found.isEmulated()) {
      return Optional.empty();
    }
    progress.accept(found.name() + ": " + sample.get().name() + " in each precision");
    TranslationOptions options = TranslationOptions.defaults();
    PrecisionCheck check =
        effort == Effort.LITTLE
            ? new PrecisionCheck(found, model.get().model(), options.withSlots(FEW_SLOTS), 0)
            : new PrecisionCheck(found, model.get().model(), options, TRANSLATION);
    return Optional.of(check.run(sample.get(), working));
  }

  private DeviceReport.Run examine(FoundDevice found, DataType precision) {
    Supplier<Device> devices = () -> Devices.open(found.name(), Optional.of(precision));
    String name = found.name();
    Optional<Limits> limits = Optional.empty();
    List<OperationResult> operations = List.of();
    Optional<ModelResult> translated = Optional.empty();
    Optional<String> failure = Optional.empty();
    try {
      int rows;
      try (Device device = devices.get()) {
        name = device.name();
        rows = device.capacity().rows();
      }
      if (model.isPresent() && !model.get().golden().isEmpty()) { // first, as it also warms up
        progress.accept(name + ": translations");
        translated =
            Optional.of(
                new ModelCheck(devices, precision)
                    .run(model.get().model(), records(found, model.get().golden())));
      }
      progress.accept(name + ": operations");
      limits = found.limits(precision);
      operations = operations(found, devices, precision, rows);
    } catch (RuntimeException e) { // the report says so, and other devices may do better
      log.debug("{} fails", name, e);
      failure = Optional.of(String.valueOf(e.getMessage()));
    }
    return new DeviceReport.Run(precision, name, limits, operations, translated, failure);
  }

  private Effort effort(FoundDevice found) {
    return found.isEmulated() ? Effort.LITTLE : effort;
  }

  private List<OperationResult> operations(
      FoundDevice found, Supplier<Device> devices, DataType precision, int rows) {
    return effort(found) == Effort.LITTLE
        ? new OperationCheck(devices, precision, Sizes.EVEN, new Stopwatch(0)).run()
        : new OperationCheck(devices, precision, Sizes.base(rows), new Stopwatch(MEASUREMENT))
            .run();
  }

  /** All, or some of each setting. */
  private List<GoldenRecord> records(FoundDevice found, List<GoldenRecord> golden) {
    if (effort(found) == Effort.FULL) {
      return golden;
    }
    Map<Object, Integer> taken = new LinkedHashMap<>();
    return golden.stream()
        .filter(record -> taken.merge(record.options(), 1, Integer::sum) <= FEW_RECORDS)
        .map(record -> record.with(record.options().withThreads(1).withSlots(FEW_SLOTS)))
        .toList();
  }
}
