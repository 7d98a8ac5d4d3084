// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.Device;
import dev.dragoman.device.Inspection.Fact;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A device that is opened once, as that may take a second, and forked for each use, so that what
 * one has taken is gone before the next. After a failure nothing may work on it any more: then it
 * is closed, and opened again for what comes next.
 */
final class SharedDevice implements AutoCloseable {
  private final Supplier<Device> devices;
  private Optional<Device> opened = Optional.empty();

  SharedDevice(Supplier<Device> devices) {
    this.devices = devices;
  }

  /** Returns the device itself. */
  Device device() {
    if (opened.isEmpty()) {
      opened = Optional.of(devices.get());
    }
    return opened.get();
  }

  /** Returns what it says of itself; nothing if a failure has closed it. */
  List<Fact> facts() {
    return opened.map(Device::facts).orElse(List.of());
  }

  /** Uses a fork. */
  <T> T use(Function<Device, T> work) {
    try (Device fork = device().fork()) {
      return work.apply(fork);
    } catch (RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException again) {
      failure.addSuppressed(again);
    }
  }

  @Override
  public void close() {
    Optional<Device> last = opened;
    opened = Optional.empty();
    last.ifPresent(Device::close);
  }
}
