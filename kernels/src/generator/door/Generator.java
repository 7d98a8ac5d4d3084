// SPDX-License-Identifier: Apache-2.0
package door;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The generator of Java's side of the door to the kernels, and of the check that both sides agree,
 * from the headers and the list in src/main/cuda.
 *
 * <p>Java gets a record for each struct of arguments, which writes the bytes that a launch passes;
 * a type for each name of a pointer, so that none can stand in another's place; a handle for each
 * kernel; and the constants. {@code layout.cuh} asserts the same sizes and offsets where the
 * kernels are compiled, and puts {@code layout.tsv} into their module, from which Java reads it
 * when it loads the kernels.
 */
public final class Generator {
  private Generator() {}

  /**
   * Generates the files.
   *
   * @param sources the folder of the headers and the list
   * @param java Java's source root
   * @param layout the folder of layout.cuh and layout.tsv
   */
  public static void generate(Path sources, Path java, Path layout) throws IOException {
    Headers headers = Headers.read(sources);
    Layouts layouts = new Layouts(headers);
    String[] folders = JavaFiles.PACKAGE.split("\\.");
    save(Path.of(java.toString(), folders), new JavaFiles(headers, layouts).byName());
    save(layout, new LayoutFiles(headers, layouts).byName());
  }

  /**
   * Writes only files that have changed, as builds compare their times, and deletes those that are
   * not made any more.
   */
  private static void save(Path folder, Map<String, String> files) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> old = Files.list(folder)) {
      old.filter(file -> !files.containsKey(file.getFileName().toString()))
          .forEach(Generator::delete);
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
        Files.writeString(path, file.getValue());
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
