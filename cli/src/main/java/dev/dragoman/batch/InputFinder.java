// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.text.IoProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds what the user named: files, all files below folders, what matches patterns, and the names
 * in lists. The files below a folder are sorted by name, so that their order is the same
 * everywhere. Hidden files are found only by their own names.
 */
final class InputFinder {
  private final Path outputFolder;
  private final List<InputFile> found = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** Looks for inputs of a job that writes to this folder. */
  InputFinder(Path outputFolder) throws IOException {
    this.outputFolder = real(outputFolder);
  }

  /** Adds a file, a folder or a pattern. */
  void add(String input) throws IOException {
    Path path = path(input);
    if (path == null) {
      return;
    }
    if (Files.isDirectory(path)) {
      addFolder(path);
    } else if (Files.exists(path)) {
      addFile(path, path.toAbsolutePath().normalize().getFileName());
    } else if (isPattern(input)) {
      addMatching(path);
    } else {
      problems.add(input + ": no such file or folder");
    }
  }

  /** Adds the names that a file lists, one on each line; they keep their folders. */
  void addList(Path list) throws IOException {
    Path source = list.equals(Path.of("-")) ? Path.of("/dev/stdin") : list;
    try (Stream<String> names = Files.lines(source)) {
      for (String name : names.map(String::strip).filter(n -> !n.isEmpty()).toList()) {
        Path path = path(name);
        if (path == null) {
          continue;
        }
        Path relative = path.normalize();
        boolean mirrored = !path.isAbsolute() && !relative.startsWith("..");
        if (Files.exists(path) && !Files.isDirectory(path)) {
          addFile(path, mirrored ? relative : path.toAbsolutePath().normalize().getFileName());
        } else {
          problems.add(list + ": " + name + ": no such file");
        }
      }
    } catch (UncheckedIOException e) {
      throw new BatchException(list + ": is not a list of names in UTF-8", e.getCause());
    }
  }

  /** Returns the files, in order. */
  List<InputFile> found() {
    return found;
  }

  /** Returns what is wrong with what the user named, each in one line. */
  List<String> problems() {
    return problems;
  }

  private Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      problems.add(name + ": is not a file name: " + e.getReason());
      return null;
    }
  }

  private void addFolder(Path folder) throws IOException {
    if (outputFolder.startsWith(real(folder))) {
      problems.add(
          "the output folder "
              + outputFolder
              + " is inside the input folder "
              + folder
              + ", whose files it would become");
      return;
    }
    int before = found.size() + problems.size();
    walk(folder, file -> true);
    if (found.size() + problems.size() == before) {
      problems.add(folder + ": no file is in it");
    }
  }

  private void addMatching(Path pattern) throws IOException {
    Path base = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
    for (Path name : pattern) {
      if (isPattern(name.toString())) {
        break;
      }
      base = base.resolve(name);
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    int before = found.size() + problems.size();
    if (Files.isDirectory(base) || base.toString().isEmpty()) {
      walk(base, matcher::matches);
    }
    if (found.size() + problems.size() == before) {
      problems.add(pattern + ": matches no file");
    }
  }

  private void walk(Path folder, Predicate<Path> wanted) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return isHidden(path) && !path.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!isHidden(path) && wanted.test(path)) {
              files.add(path);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            problems.add(path + ": cannot be read: " + IoProblem.reason(e));
            return FileVisitResult.CONTINUE;
          }
        });
    files.stream().sorted().forEach(file -> addFile(file, folder.relativize(file)));
  }

  private void addFile(Path file, Path relative) {
    if (!Files.isRegularFile(file)) {
      problems.add(file + ": is not a regular file, and a job must be able to read it again");
    } else if (!Files.isReadable(file)) {
      problems.add(file + ": permission denied");
    } else if (real(file).startsWith(outputFolder)) {
      problems.add(file + ": is in the output folder " + outputFolder);
    } else {
      found.add(new InputFile(file, relative));
    }
  }

  private static boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".") && !name.toString().matches("\\.\\.?");
  }

  private static boolean isPattern(String name) {
    return name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  /** Returns the path without links, as far as it exists. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path there = absolute;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there.toRealPath().resolve(there.relativize(absolute)).normalize();
    } catch (IOException e) {
      return absolute; // a folder on the way that may not be entered; opening the file says so
    }
  }
}
