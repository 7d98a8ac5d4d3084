// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import dev.dragoman.cli.console.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that is there as a whole or not at all: its files are written into a hidden one
 * beside it, which takes its name at the end.
 */
public final class StagedDirectory implements AutoCloseable {
  private final Path target;
  private final Path work;

  private StagedDirectory(Path target, Path work) {
    this.target = target;
    this.work = work;
  }

  /**
   * Makes the hidden directory, and those above it.
   *
   * @throws CommandFailure if the target has no name, as a root has none
   */
  public static StagedDirectory begin(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null) {
      throw new CommandFailure(target + " cannot be written");
    }
    Files.createDirectories(absolute.getParent());
    String name = "." + absolute.getFileName() + ".partial";
    return new StagedDirectory(absolute, Files.createTempDirectory(absolute.getParent(), name));
  }

  /** Returns the directory to write into. */
  public Path work() {
    return work;
  }

  /** Gives the directory its name; what had it before is removed once that is done. */
  public void publish() throws IOException {
    // Temporary directories are for their owner alone; a model is as readable as other files.
    if (Files.getFileStore(work).supportsFileAttributeView("posix")) {
      Path usual = Files.createDirectory(work.resolve("permissions"));
      Files.setPosixFilePermissions(work, Files.getPosixFilePermissions(usual));
      Files.delete(usual);
    }
    if (!Files.exists(target)) {
      Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Path old = work.resolveSibling(work.getFileName() + ".old");
    Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    delete(old);
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    delete(work);
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
