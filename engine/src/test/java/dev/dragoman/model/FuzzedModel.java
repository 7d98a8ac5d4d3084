// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A small model of which one file has any bytes. It opens, or is refused in one line that names the
 * file; nothing else is thrown, and nothing is written.
 */
final class FuzzedModel {
  /** The files of a good model, by name. */
  interface Good {
    Map<String, byte[]> byName() throws IOException;
  }

  private final Path directory;
  private final Path fuzzed;
  private final Path model;
  private final Set<Path> files;

  /**
   * Writes the model into a directory of its own, and opens it once.
   *
   * @param good the files of a good model
   * @param fuzzed the name of the file with any bytes; where it is the only one it is the model
   */
  FuzzedModel(Good good, String fuzzed) {
    try {
      Map<String, byte[]> files = good.byName();
      this.directory = Files.createTempDirectory("dragoman-fuzzed");
      directory.toFile().deleteOnExit(); // Java goes from the last one that asked to the first
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(directory.resolve(file.getKey()), file.getValue()).toFile().deleteOnExit();
      }
      this.fuzzed = directory.resolve(fuzzed);
      this.model = files.size() == 1 ? this.fuzzed : directory;
      this.files = list();
      Models.open(model); // good until it is fuzzed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens the model with these bytes. */
  void open(byte[] bytes) {
    try {
      // The file is not written over, as that of the round before may still be mapped.
      Files.delete(fuzzed);
      Files.write(fuzzed, bytes);
      Models.open(model);
    } catch (ModelFormatException e) {
      require(e.getMessage().lines().count() == 1, "more than one line: " + e.getMessage());
      require(e.getMessage().contains(directory.toString()), "names no file: " + e.getMessage());
      require(e.getMessage().length() < 1000, "a very long line: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    require(list().equals(files), "something was written beside the model");
  }

  private Set<Path> list() {
    try (Stream<Path> left = Files.list(directory)) {
      return left.collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
