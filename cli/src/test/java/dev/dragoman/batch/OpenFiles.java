// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** The files that this process holds open, where the system lists them. */
final class OpenFiles {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private OpenFiles() {}

  static void assertClosed(Path file) throws IOException {
    assumeTrue(Files.exists(DESCRIPTORS), "skipped: the system does not list open files");
    assertFalse(all().contains(file.toRealPath()), file + " is open");
  }

  private static Set<Path> all() throws IOException {
    Set<Path> open = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      for (Path descriptor : descriptors.toList()) {
        try {
          open.add(Files.readSymbolicLink(descriptor));
        } catch (NoSuchFileException e) {
          continue; // it was the list's own, or another thread's
        }
      }
    }
    return open;
  }
}
