// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files that Linux has mapped into this process; they tell where a library was loaded from. */
final class MappedFiles {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MappedFiles() {}

  /**
   * Returns the path of a library that is loaded, or the beginning of its name where the system
   * does not tell.
   *
   * @param prefix how the file's name begins: {@code libcublas.so.12}
   */
  static String of(String prefix) {
    try (Stream<String> lines = Files.lines(MAPS)) {
      return lines
          .filter(line -> line.indexOf('/') >= 0)
          .map(line -> line.substring(line.indexOf('/')))
          .filter(path -> path.substring(path.lastIndexOf('/') + 1).startsWith(prefix))
          .findFirst()
          .orElse(prefix);
    } catch (IOException e) {
      return prefix; // a path that nothing depends on
    }
  }
}
