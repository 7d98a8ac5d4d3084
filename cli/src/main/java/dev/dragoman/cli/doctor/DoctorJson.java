// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import dev.dragoman.cli.files.JsonReport;
import dev.dragoman.doctor.DeviceReport;
import dev.dragoman.doctor.DoctorObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps a file with what a doctor has found so far, for when the process does not live on. */
final class DoctorJson implements DoctorObserver {
  private final JsonReport file;
  private final DoctorReport empty;
  private final Map<String, DeviceReport> devices = new LinkedHashMap<>();

  /**
   * Writes what is known before a device is examined.
   *
   * @param empty without devices
   */
  DoctorJson(JsonReport file, DoctorReport empty) {
    this.file = file;
    this.empty = empty;
    write();
  }

  @Override
  public void begins(String what) {}

  @Override
  public void runEnded(DeviceReport.Run run, DeviceReport soFar) {
    deviceEnded(soFar);
  }

  @Override
  public void deviceEnded(DeviceReport report) {
    devices.put(report.device().name(), report);
    write();
  }

  private void write() {
    try {
      file.writeDraft(empty.unfinished(new ArrayList<>(devices.values())).json());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
