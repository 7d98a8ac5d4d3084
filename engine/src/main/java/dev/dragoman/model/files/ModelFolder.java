// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import dev.dragoman.model.ModelFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A place where the files of one model lie side by side: a directory, or a folder in a zip archive.
 */
public interface ModelFolder extends Closeable {

  /**
   * Returns the folder itself, for messages and the model's name; not a file where it is in an
   * archive.
   */
  Path path();

  /** Returns the names of its files. */
  Set<String> files();

  /**
   * Opens a file.
   *
   * @throws ModelFormatException if it is missing, a {@link Placeholder}, or cannot be read
   */
  ByteSource open(String name);

  /** Returns what messages call a file. */
  default Path file(String name) {
    return path().resolve(name);
  }

  /** Returns whether it has a file of this name. */
  default boolean has(String name) {
    return files().contains(name);
  }

  /** Returns the names that end so, in order. */
  default List<String> endingWith(String end) {
    return files().stream().filter(name -> name.endsWith(end)).sorted().toList();
  }

  /**
   * Opens a folder in this one.
   *
   * @throws ModelFormatException if it cannot be read
   */
  ModelFolder folder(String name);

  /**
   * Returns all bytes of a file once they are asked for; they are taken at once where the folder is
   * closed soon.
   */
  default Supplier<byte[]> later(String name) {
    byte[] all = bytes(name);
    return () -> all;
  }

  /** Reads all bytes of a file. */
  default byte[] bytes(String name) {
    try (ByteSource source = open(name)) {
      return ModelFiles.bytes(file(name), source);
    } catch (IOException e) {
      throw ModelFiles.unreadable(file(name), e);
    }
  }
}
