// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The command line as a user would run it on two GPUs, which are emulated; in a process of its own,
 * since the emulated driver reads its environment.
 */
public final class EmulatedGpus {
  private static final Path DRIVER =
      Repository.ROOT.resolve("kernels/target/emulator").toAbsolutePath();

  /**
   * What the environment variable JDK_JAVA_OPTIONS holds for a program with a single thread for
   * text. Several threads on a busy machine hand lines over in another order, so that the first
   * line may not be done yet when the GPU is lost.
   */
  public static final String ONE_TEXT_THREAD = "-XX:ActiveProcessorCount=1";

  private EmulatedGpus() {}

  /** Skips the test where there are none. */
  public static void require() {
    boolean there = Files.exists(DRIVER.resolve("libcuda.so.1"));
    Assumptions.assumeTrue(there, "skipped: no emulated driver has been built in " + DRIVER);
  }

  /** Returns short sentences, since a processor takes long for what a GPU would do. */
  public static List<String> shortLines(int count) throws IOException {
    return Files.readAllLines(Repository.ROOT.resolve("models/fr-en/golden/own.fr.txt")).stream()
        .sorted(Comparator.comparing(String::length))
        .limit(count)
        .toList();
  }

  /** Installs a driver in this folder without the libraries that belong to it. */
  public static void installDriverAlone(Path folder) throws IOException {
    for (String file : List.of("libcuda.so.1", "kernels.so")) {
      Files.createSymbolicLink(folder.resolve(file), DRIVER.resolve(file));
    }
  }

  /** Starts a command. */
  public static ChildProcess start(Map<String, String> environment, List<String> arguments)
      throws IOException {
    return start(DRIVER, environment, arguments);
  }

  /** Starts a command that takes the machine's libraries from this folder. */
  public static ChildProcess start(
      Path libraries, Map<String, String> environment, List<String> arguments) throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("EMULATOR_DEVICES", "2"));
    all.putAll(environment);
    List<String> options = List.of("-Xmx1g", "-Ddragoman.cuda.libraries=" + libraries);
    return ChildProcess.inEnvironment(all, Main.class, options, arguments);
  }
}
