// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.device.DeviceName;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The names that {@code --device} takes; completion offers those that every machine has. */
public final class DeviceNames extends CompletionWords {

  DeviceNames() {
    super(List.of("cpu", "cuda", "auto"));
  }

  /**
   * Refuses what is no device's name.
   *
   * @throws ParameterException that says which there are
   */
  public static void check(CommandSpec command, String name) {
    Usage.require(
        command,
        DeviceName.isKnown(name),
        "--device must be cpu, cuda, cuda:N, cuda:N,M, cuda:all or auto, not '" + name + "'");
  }
}
