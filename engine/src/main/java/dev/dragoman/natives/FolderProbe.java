// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.natives;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Tries whether native libraries can be unpacked into a folder and loaded from it. */
final class FolderProbe {
  /** The bytes to try: more than any library has that is unpacked at each start. */
  private static final int LIBRARY = 1 << 21;

  /** The bytes to try where libraries are kept, as most often they are there already. */
  private static final int LITTLE = 1 << 12;

  /** The bytes of all libraries that are kept, oneDNN's above all. */
  private static final long ALL = 100L << 20;

  private FolderProbe() {}

  /** Says in a few words why a folder cannot be used; empty if it can. */
  static Optional<String> problem(Path folder) {
    return tried(LIBRARY, () -> Files.createTempFile(folder, "dragoman", ".probe"));
  }

  /**
   * Says why a folder cannot be used in which libraries stay, so that nobody else may write to it;
   * empty if it can. The folder is made if it is not there.
   */
  static Optional<String> problemOfOwn(Path folder) {
    return tried(
        LITTLE,
        () -> {
          Files.createDirectories(folder);
          Path probe = Files.createTempFile(folder, "dragoman", ".probe");
          if (!Files.getOwner(folder).equals(Files.getOwner(probe))) {
            Files.delete(probe);
            throw new IOException("it belongs to another user");
          }
          return probe;
        });
  }

  /** Says how much room there is if that is too little for the libraries that are kept. */
  static Optional<String> shortage(Path folder) {
    long free = folder.toFile().getUsableSpace();
    return free < ALL
        ? Optional.of("%d MB are free there, and %d are needed".formatted(free >> 20, ALL >> 20))
        : Optional.empty();
  }

  /** Makes an empty file. */
  private interface Maker {
    Path make() throws IOException;
  }

  private static Optional<String> tried(int bytes, Maker maker) {
    try {
      Path probe = maker.make();
      try {
        Files.write(probe, new byte[bytes]);
        // The system call behind isExecutable knows how the folder is mounted, for root as well.
        return probe.toFile().setExecutable(true) && Files.isExecutable(probe)
            ? Optional.empty()
            : Optional.of("programs in it cannot be executed (mounted noexec)");
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      return Optional.of(reason(e));
    }
  }

  /** Says in a few words why a file could not be written. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "there is no such folder";
    }
    String reason =
        e instanceof FileSystemException file && file.getReason() != null
            ? file.getReason()
            : String.valueOf(e.getMessage());
    return reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
  }
}
