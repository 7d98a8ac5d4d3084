// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens devices by the names that users give them, see {@link DeviceName}. */
public final class Devices {
  private static final Logger log = LoggerFactory.getLogger(Devices.class);

  private Devices() {}

  /**
   * Opens one device.
   *
   * @param name {@code auto} takes the first kind that is there, fastest first, and logs what it
   *     passed over and why
   * @param precision the type of products; empty for the device's own choice
   * @throws DeviceUnavailableException if it is not there; an asked-for device is never replaced by
   *     another
   */
  public static Device open(String name, Optional<DataType> precision) {
    List<Device> devices = openAll(name, precision);
    if (devices.size() > 1) {
      devices.forEach(Device::close);
      throw new DeviceUnavailableException(
          "one device is needed here, and '" + name + "' are more");
    }
    return devices.get(0);
  }

  /** Opens the devices of a name for many lines. */
  public static List<Device> openAll(String name, Optional<DataType> precision) {
    return openAll(name, precision, Volume.MANY_LINES);
  }

  /**
   * Opens the devices of a name, all of them or none.
   *
   * @param name as for {@link #open}, or several of one kind: {@code cuda:0,1} or {@code cuda:all}
   * @param precision the type of products; empty for the devices' own choice
   * @param volume what they will have to do
   * @throws DeviceUnavailableException if one of them is not there
   */
  public static List<Device> openAll(String name, Optional<DataType> precision, Volume volume) {
    List<DeviceProvider> providers = providers();
    DeviceRequest first = new DeviceRequest(0, precision, volume);
    if (name.equals("auto")) {
      return List.of(openFirst(providers, first));
    }
    Matcher parts = DeviceName.PARTS.matcher(name);
    if (parts.matches()) {
      for (DeviceProvider provider : providers) {
        if (provider.kind().equals(parts.group(1))) {
          return openEach(provider, ordinals(parts.group(2), provider), first);
        }
      }
    }
    String kinds = providers.stream().map(DeviceProvider::kind).collect(Collectors.joining(", "));
    throw new DeviceUnavailableException(
        "there is no device '" + name + "': the kinds are " + kinds + " and auto");
  }

  /** Reads what stands behind the colon: nothing for the first, or all, or numbers. */
  private static List<Integer> ordinals(String text, DeviceProvider provider) {
    if (text == null) {
      return List.of(0);
    }
    if (text.equals("all")) {
      return IntStream.range(0, provider.count()).boxed().toList();
    }
    List<Integer> ordinals = Stream.of(text.split(",")).map(Integer::valueOf).toList();
    if (ordinals.stream().distinct().count() < ordinals.size()) {
      throw new DeviceUnavailableException(
          "a device is named twice in " + provider.kind() + ":" + text);
    }
    return ordinals;
  }

  private static List<Device> openEach(
      DeviceProvider provider, List<Integer> ordinals, DeviceRequest first) {
    List<Device> opened = new ArrayList<>();
    try {
      for (int ordinal : ordinals) {
        opened.add(provider.open(first.ofOrdinal(ordinal)));
      }
      return opened;
    } catch (RuntimeException | Error e) {
      opened.forEach(Device::close);
      throw e;
    }
  }

  /** Returns what there is of every kind, fastest first. */
  public static Map<String, Inspection> inspect() {
    Map<String, Inspection> found = new LinkedHashMap<>();
    providers().forEach(provider -> found.put(provider.kind(), provider.inspect()));
    return found;
  }

  /** Returns what there is of one kind; others, which may take their time, are left alone. */
  public static Optional<Inspection> inspect(String kind) {
    return providers().stream()
        .filter(provider -> provider.kind().equals(kind))
        .findFirst()
        .map(DeviceProvider::inspect);
  }

  private static Device openFirst(List<DeviceProvider> providers, DeviceRequest request) {
    List<String> reasons = new ArrayList<>();
    for (DeviceProvider provider : providers) {
      try {
        return provider.open(request);
      } catch (DeviceUnavailableException e) {
        log.debug("{} passed over: {}", provider.kind(), e.getMessage());
        reasons.add(provider.kind() + ": " + e.getMessage());
      }
    }
    throw new DeviceUnavailableException(
        "there is no device to compute on; " + String.join("; ", reasons));
  }

  private static List<DeviceProvider> providers() {
    return ServiceLoader.load(DeviceProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(DeviceProvider::preference).reversed())
        .toList();
  }
}
