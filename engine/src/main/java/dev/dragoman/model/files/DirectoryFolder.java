// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A model in a directory; its large files are mapped. */
public record DirectoryFolder(Path path, Set<String> files) implements ModelFolder {

  /**
   * Lists a directory.
   *
   * @throws ModelFormatException if it cannot be read
   */
  public static DirectoryFolder open(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      Set<String> names = new TreeSet<>();
      children.map(child -> child.getFileName().toString()).forEach(names::add);
      return new DirectoryFolder(directory, names);
    } catch (IOException e) {
      throw ModelFiles.unreadable(directory, e);
    }
  }

  @Override
  public ByteSource open(String name) {
    if (name.isEmpty() || !name.equals(String.valueOf(Path.of(name).getFileName()))) {
      throw new ModelFormatException(
          path + ": " + OneLine.of(name) + " is not a file of this directory");
    }
    Path file = file(name);
    try {
      return ByteSource.of(ModelFiles.open(file));
    } catch (IOException e) {
      throw ModelFiles.unreadable(file, e);
    }
  }

  @Override
  public DirectoryFolder folder(String name) {
    return open(path.resolve(name));
  }

  @Override
  public Supplier<byte[]> later(String name) {
    return () -> bytes(name);
  }

  @Override
  public void close() {}
}
