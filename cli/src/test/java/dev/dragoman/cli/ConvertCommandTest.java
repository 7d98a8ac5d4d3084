// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.options.RealBackend;
import dev.dragoman.model.formats.Models;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConvertCommandTest {
  private static final Path BUNDLED =
      Path.of(System.getProperty("dragoman.root"), "models", "fr-en");

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @Test
  void writesAModelThatOpens() throws IOException {
    Path out = folder.resolve("new/deep/out");
    assertEquals(ExitCode.OK, convert(BUNDLED, out, "--precision", "bfloat16"), err());
    assertEquals("out", Models.open(out).config().label().name());
    assertEquals(List.of("out"), names(out.getParent()));
    assertEquals("dragoman: wrote " + out + " from Hugging Face MarianMT\n", err());
  }

  /** Transformers does not read the epsilon. */
  @Test
  void saysWhatOtherProgramsMayDoOtherwise() throws IOException {
    Path same = folder.resolve("same");
    assertEquals(ExitCode.OK, convert(BUNDLED, same, "--quiet"));
    Path config = same.resolve("config.json");
    String json = Files.readString(config).replaceFirst("(layer_norm_eps\" : )[^,]+", "$11.0E-6");
    Files.writeString(config, json);
    Path out = folder.resolve("out");
    assertEquals(ExitCode.OK, convert(same, out));
    assertEquals(
        "dragoman: wrote "
            + out
            + " from Hugging Face MarianMT\n"
            + "dragoman: norms add 1.0E-6 to the variance, where MarianMT always adds 1.0E-5\n",
        err());
  }

  @Test
  void replacesOnlyWhenForced() throws IOException {
    Path out = folder.resolve("out");
    assertEquals(ExitCode.OK, convert(BUNDLED, out, "--quiet"));
    Files.writeString(out.resolve("mine"), "");
    assertEquals(ExitCode.FAILURE, convert(BUNDLED, out));
    assertTrue(err().contains("out exists; --force replaces it"), err());
    assertTrue(Files.exists(out.resolve("mine")));
    assertEquals(ExitCode.OK, convert(BUNDLED, out, "--force"));
    assertFalse(Files.exists(out.resolve("mine")));
    assertEquals(List.of("out"), names(folder));
  }

  @Test
  void whatIsNoModelIsNeverReplaced() throws IOException {
    Path out = Files.createDirectory(folder.resolve("home"));
    Files.writeString(out.resolve("letters"), "");
    assertEquals(ExitCode.FAILURE, convert(BUNDLED, out, "--force"));
    assertTrue(err().contains("is not a model's directory"), err());
    assertTrue(Files.exists(out.resolve("letters")));
  }

  @Test
  void theModelItselfIsNotReplaced() {
    Path out = folder.resolve("out");
    assertEquals(ExitCode.OK, convert(BUNDLED, out));
    assertEquals(ExitCode.USAGE, convert(out, out, "--force"));
    assertEquals("out", Models.open(out).config().label().name());
  }

  @Test
  void aFailureLeavesNothing() throws IOException {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("config.json"), "{}");
    assertEquals(ExitCode.FAILURE, convert(broken, folder.resolve("out")));
    assertEquals(1, err().lines().count());
    assertEquals(List.of("broken"), names(folder));
  }

  private int convert(Path from, Path out, String... more) {
    String[] arguments =
        Stream.concat(Stream.of("convert", from.toString(), out.toString()), Stream.of(more))
            .toArray(String[]::new);
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new ByteArrayOutputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Set.of(),
            80);
    return Main.run(arguments, console, new RealBackend(), Optional.empty());
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
