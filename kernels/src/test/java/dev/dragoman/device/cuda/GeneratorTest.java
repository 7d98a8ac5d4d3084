// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The generator of the door to the kernels refuses headers that it would not read whole. */
class GeneratorTest {
  private static final Path CUDA = Path.of("src/main/cuda");

  @TempDir Path folder;

  @BeforeEach
  void copyHeaders() throws IOException {
    try (Stream<Path> files = Files.list(CUDA)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void theHeadersAsTheyAreAreRead() throws Exception {
    generate();
    assertEquals(
        List.of("layout.cuh", "layout.tsv"),
        List.of(folder.resolve("layout").toFile().list()).stream().sorted().toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "constants.cuh | enum Status { IDLE, | enum Status {IDLE, | an enum is not",
        "types.cuh | name, _bf16, threads | name,_bf16, threads | FLOATS: an instance is not",
        "types.cuh | ONE_F32(DEFINE, | ONE_F32( DEFINE, | a list of instances is not",
        "arguments.cuh | using AttendPast = Attend< | using AttendPast = Attend < | a name is not",
      })
  void whatIsNotWrittenAsExpectedIsRefused(
      String header, String expected, String other, String message) throws Exception {
    replaceFirst(header, expected, other);
    String refusal = refusal();
    assertTrue(refusal.startsWith(header) && refusal.contains(message), refusal);
  }

  /** A pointer that may be null is passed without a stride. */
  @Test
  void aMatrixThatMayBeNullIsRefused() throws Exception {
    replaceFirst("arguments.cuh", "residual;  // count × width", "residual;  // any; or null");
    assertEquals("Add: residual is a matrix, which cannot be null", refusal());
  }

  /** The first of the structs would decide for all. */
  @Test
  void aPointerThatMayBeNullInSomeStructsIsRefused() throws Exception {
    replaceFirst("arguments.cuh", "of the product that gave x", "or null");
    assertEquals("AddNorm: x_bias is another kind of pointer than elsewhere", refusal());
  }

  private void replaceFirst(String header, String text, String other) throws IOException {
    Path file = folder.resolve(header);
    String whole = Files.readString(file);
    int at = whole.indexOf(text);
    assertTrue(at >= 0, header + " has no " + text);
    Files.writeString(file, whole.substring(0, at) + other + whole.substring(at + text.length()));
  }

  private String refusal() {
    return assertThrows(InvocationTargetException.class, this::generate).getCause().getMessage();
  }

  /** Runs the generator, which is no part of the class path. */
  private void generate() throws Exception {
    URL[] classes = {Path.of("target/generator").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes)) {
      loader
          .loadClass("door.Generator")
          .getMethod("generate", Path.class, Path.class, Path.class)
          .invoke(null, folder, folder.resolve("java"), folder.resolve("layout"));
    }
  }
}
