package dev.dragoman.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where Linux' loader looks for libraries, as ld.so(8) has it. What is loaded by its path stays
 * loaded, and is the one that is shown; and to see that a machine has no GPU takes a millisecond.
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
   * The loader's places.
   *
   * @param variable folders with colons between them, or empty
   * @param cache the names and places of the libraries in all other folders
   */
  LoaderPath(String variable, Path cache) {
    this.variable = variable;
    this.cache = cache;
  }

  /** Those of this process. */
  static LoaderPath own() {
    String variable = System.getenv("LD_LIBRARY_PATH");
    return new LoaderPath(variable == null ? "" : variable, Path.of("/etc/ld.so.cache"));
  }

  /** The files of a library that are there, in the loader's order. */
  Stream<Path> find(String library) {
    return Stream.of(
            Stream.of(variable.split(":")).filter(folder -> !folder.isEmpty()),
            USUAL.stream(),
            cachedFolders(library))
        .flatMap(folders -> folders)
        .map(folder -> Path.of(folder, library).toAbsolutePath())
        .filter(Files::exists)
        .distinct();
  }

  /** A cache has names and paths, each with a zero byte behind it. */
  private Stream<String> cachedFolders(String library) {
    Pattern path = Pattern.compile("(/[^\0]*)/" + Pattern.quote(library) + "\0");
    return readCache().stream()
        .flatMap(cached -> path.matcher(cached).results())
        .map(found -> found.group(1));
  }

  private Optional<String> readCache() {
    try {
      return Optional.of(new String(Files.readAllBytes(cache), StandardCharsets.ISO_8859_1));
    } catch (IOException e) { // other systems' loaders have none
      return Optional.empty();
    }
  }
}
