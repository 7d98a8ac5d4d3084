package dev.dragoman.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where Linux' loader looks for libraries, as ld.so(8) has it. Most machines have no GPU; to see
 * that here takes a millisecond, and a tenth of a second of a short job through JNA.
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

  /** Whether a library may be there; true where that cannot be told, as without a cache. */
  boolean mayHave(String library) {
    return Stream.concat(Stream.of(variable.split(":")), USUAL.stream())
            .anyMatch(folder -> Files.exists(Path.of(folder, library)))
        || cacheMayHave(library);
  }

  private boolean cacheMayHave(String library) {
    try {
      return new String(Files.readAllBytes(cache), StandardCharsets.ISO_8859_1).contains(library);
    } catch (IOException e) { // other systems' loaders have none
      return true;
    }
  }
}
