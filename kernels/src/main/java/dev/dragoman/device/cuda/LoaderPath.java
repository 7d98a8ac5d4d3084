// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The folders where the loader of Linux looks for libraries, as ld.so(8) describes them. A library
 * that is loaded by its path stays loaded, and its path can be shown. A machine without a GPU is
 * recognized within a millisecond, where JNA would take a tenth of a second of a short job.
 */
final class LoaderPath {
  private static final List<String> USUAL =
      List.of(
          "/lib/x86_64-linux-gnu",
          "/usr/lib/x86_64-linux-gnu",
          "/lib64",
          "/usr/lib64",
          "/lib",
          "/usr/lib");

  private final String variable;
  private final Path cache;

  /**
   * Describes the folders that the loader looks in.
   *
   * @param variable folders with colons between them, or empty
   * @param cache the names and places of the libraries in all other folders
   */
  LoaderPath(String variable, Path cache) {
    this.variable = variable;
    this.cache = cache;
  }

  /** Returns the folders of this process's loader. */
  static LoaderPath own() {
    String variable = System.getenv("LD_LIBRARY_PATH");
    return new LoaderPath(variable == null ? "" : variable, Path.of("/etc/ld.so.cache"));
  }

  /** Returns the files of a library that are there, in the loader's order. */
  List<Path> find(String library) {
    Set<String> folders = new LinkedHashSet<>(List.of(variable.split(":")));
    folders.remove("");
    folders.addAll(USUAL);
    folders.addAll(cachedFolders(library));
    List<Path> found = new ArrayList<>();
    for (String folder : folders) {
      Path file = Path.of(folder, library).toAbsolutePath();
      if (Files.exists(file)) {
        found.add(file);
      }
    }
    return found;
  }

  /**
   * Returns the library's folders in the cache, which has names and paths, each with a zero byte
   * behind it.
   */
  private List<String> cachedFolders(String library) {
    String cached = readCache();
    String end =
        "/".concat(library).concat("\0"); // Java links a + first, which takes ten times as long
    List<String> folders = new ArrayList<>();
    for (int at = cached.indexOf(end); at >= 0; at = cached.indexOf(end, at + 1)) {
      folders.add(cached.substring(cached.lastIndexOf('\0', at) + 1, at));
    }
    return folders;
  }

  private String readCache() {
    try {
      return new String(Files.readAllBytes(cache), StandardCharsets.ISO_8859_1);
    } catch (IOException e) { // other systems' loaders have none
      return "";
    }
  }
}
