// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.DeviceOptions;
import dev.dragoman.benchmark.TimedDevice;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The devices that a benchmark runs on. Operations of the processor are timed one by one; a GPU
 * runs a step as a whole, which only times of whole steps describe.
 *
 * @param opened what translates
 * @param timed those of them whose operations are timed
 * @param found what they are, where that is known
 * @param precision of their products, where that is known
 */
record BenchDevices(
    List<Device> opened,
    List<TimedDevice> timed,
    List<FoundDevice> found,
    Optional<DataType> precision) {
  private static final String PROCESSOR = "cpu";

  static BenchDevices open(DeviceOptions options) {
    List<FoundDevice> all =
        Devices.inspect().values().stream()
            .flatMap(inspection -> inspection.devices().stream())
            .toList();
    List<Device> opened = new ArrayList<>();
    List<TimedDevice> timed = new ArrayList<>();
    List<FoundDevice> found = new ArrayList<>();
    for (Device device : Devices.openAll(options.name(), options.precision().type())) {
      Optional<FoundDevice> what =
          all.stream().filter(one -> device.name().startsWith(one.name() + " ")).findFirst();
      what.ifPresent(found::add);
      if (what.map(one -> one.name().equals(PROCESSOR)).orElse(false)) {
        TimedDevice watched = new TimedDevice(device);
        timed.add(watched);
        opened.add(watched);
      } else {
        opened.add(device);
      }
    }
    Optional<DataType> precision =
        options
            .precision()
            .type()
            .or(() -> found.stream().findFirst().map(d -> d.precisions().get(0)));
    return new BenchDevices(opened, timed, found, precision);
  }

  /** Describes the devices, by the name of each fact. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    found.forEach(
        device ->
            device
                .facts()
                .forEach(fact -> facts.put(device.name() + " " + fact.name(), fact.value())));
    return facts;
  }

  /** Returns the limits of one core or card; empty where the device is emulated or not known. */
  Optional<Limits> limits() {
    return precision.flatMap(
        type -> found.stream().findFirst().flatMap(device -> device.limits(type)));
  }

  /** Returns how many cores or cards with those limits work side by side. */
  int sideBySide(int workers) {
    return timed.isEmpty()
        ? opened.size()
        : Math.min(workers, Runtime.getRuntime().availableProcessors());
  }
}
