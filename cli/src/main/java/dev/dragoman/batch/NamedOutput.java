// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An input and the name of its output.
 *
 * @param output below the output folder, with slashes
 */
record NamedOutput(Path file, String output) {

  /** Returns the output of a file, compressed as it is itself if nothing else is wanted. */
  static NamedOutput of(InputFile file, Optional<Compression> wanted) {
    String name = file.relative().toString();
    Compression own = Compression.of(name);
    String output = own.strip(name) + wanted.orElse(own).extension();
    return new NamedOutput(file.file(), output.replace(File.separatorChar, '/'));
  }

  /** Says which outputs would get into each other's way, each in one line. */
  static List<String> collisions(List<NamedOutput> files) {
    List<String> problems = new ArrayList<>();
    Map<String, Path> outputs = new HashMap<>();
    Set<String> folders = new HashSet<>();
    for (NamedOutput file : files) {
      Path other = outputs.putIfAbsent(file.output(), file.file());
      if (other != null) {
        problems.add(
            "%s and %s would both be written to %s in the output folder"
                .formatted(other, file.file(), file.output()));
      }
      for (Path up = Path.of(file.output()).getParent(); up != null; up = up.getParent()) {
        folders.add(up.toString());
      }
    }
    folders.stream()
        .filter(outputs::containsKey)
        .forEach(name -> problems.add(name + " would be a file and a folder in the output folder"));
    return problems;
  }
}
