package dev.dragoman.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens devices by the names that users give them: {@code cpu}, {@code cuda}, {@code cuda:1},
 * {@code auto}.
 */
public final class Devices {
  private static final Logger log = LoggerFactory.getLogger(Devices.class);
  private static final Pattern NAME = Pattern.compile("([a-z]+)(?::(\\d{1,3}))?");

  private Devices() {}

  /**
   * Opens a device.
   *
   * @param name {@code auto} takes the first kind that is there, fastest first, and logs what it
   *     passed over and why
   * @param precision the type of products; empty for the device's own choice
   * @throws DeviceUnavailableException if it is not there; an asked-for device is never replaced by
   *     another
   */
  public static Device open(String name, Optional<DataType> precision) {
    Matcher parts = NAME.matcher(name);
    List<DeviceProvider> providers = providers();
    if (name.equals("auto")) {
      return openFirst(providers, new DeviceRequest(0, precision));
    }
    if (parts.matches()) {
      int ordinal = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
      for (DeviceProvider provider : providers) {
        if (provider.kind().equals(parts.group(1))) {
          return provider.open(new DeviceRequest(ordinal, precision));
        }
      }
    }
    String kinds = providers.stream().map(DeviceProvider::kind).collect(Collectors.joining(", "));
    throw new DeviceUnavailableException(
        "there is no device '" + name + "': the kinds are " + kinds + " and auto");
  }

  /** What there is of every kind, fastest first. */
  public static Map<String, Inspection> inspect() {
    Map<String, Inspection> found = new LinkedHashMap<>();
    providers().forEach(provider -> found.put(provider.kind(), provider.inspect()));
    return found;
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
