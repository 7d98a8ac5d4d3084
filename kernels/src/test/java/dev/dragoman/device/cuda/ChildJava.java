// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program in a Java process of its own, as a native library is loaded once for a whole process.
 */
final class ChildJava {
  private static final List<String> PLACES_OF_LIBRARIES =
      List.of(
          "LD_LIBRARY_PATH",
          "VIRTUAL_ENV",
          "CONDA_PREFIX",
          CublasSearch.VARIABLE,
          CublasSearch.LT_VARIABLE);

  private ChildJava() {}

  /** Returns the class path of the tests. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /**
   * Returns what the program prints.
   *
   * @param environment beside the usual one, without what tells where libraries are
   * @param arguments of Java, the class path among them
   */
  static String output(Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    ProcessBuilder java = new ProcessBuilder(command);
    java.environment().keySet().removeAll(PLACES_OF_LIBRARIES);
    java.environment().putAll(environment);
    java.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = java.start();
    byte[] output = process.getInputStream().readAllBytes();
    process.waitFor();
    return new String(output, StandardCharsets.UTF_8).strip();
  }
}
