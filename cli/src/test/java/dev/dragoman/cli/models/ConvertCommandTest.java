// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Repository;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConvertCommandTest {
  @TempDir private Path folder;
  private CommandLineRun last;

  @Test
  void writesAModelThatOpens() throws IOException {
    Path out = folder.resolve("new/deep/out");
    assertEquals(ExitCode.OK, convert(Repository.MODEL, out, "--precision", "bfloat16"), err());
    assertEquals("out", Models.open(out).config().label().name());
    assertEquals(List.of("out"), names(out.getParent()));
    assertEquals("dragoman: wrote " + out + " from Hugging Face MarianMT\n", err());
  }

  /** Transformers does not read the epsilon. */
  @Test
  void saysWhatOtherProgramsMayDoOtherwise() throws IOException {
    Path same = folder.resolve("same");
    assertEquals(ExitCode.OK, convert(Repository.MODEL, same, "--quiet"));
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
    assertEquals(ExitCode.OK, convert(Repository.MODEL, out, "--quiet"));
    Files.writeString(out.resolve("mine"), "");
    assertEquals(ExitCode.FAILURE, convert(Repository.MODEL, out));
    assertTrue(err().contains("out exists; --force replaces it"), err());
    assertTrue(Files.exists(out.resolve("mine")));
    assertEquals(ExitCode.OK, convert(Repository.MODEL, out, "--force"));
    assertFalse(Files.exists(out.resolve("mine")));
    assertEquals(List.of("out"), names(folder));
  }

  @Test
  void whatIsNoModelIsNeverReplaced() throws IOException {
    Path out = Files.createDirectory(folder.resolve("home"));
    Files.writeString(out.resolve("letters"), "");
    assertEquals(ExitCode.FAILURE, convert(Repository.MODEL, out, "--force"));
    assertTrue(err().contains("is not a model's directory"), err());
    assertTrue(Files.exists(out.resolve("letters")));
  }

  @Test
  void theModelItselfIsNotReplaced() {
    Path out = folder.resolve("out");
    assertEquals(ExitCode.OK, convert(Repository.MODEL, out));
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
    last = CommandLineRun.real(arguments);
    return last.exitCode();
  }

  private String err() {
    return last.err();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
