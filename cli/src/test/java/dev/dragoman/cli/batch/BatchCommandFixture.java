// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with inputs and a model, for batch jobs on the fake backend. */
abstract class BatchCommandFixture {
  @TempDir Path folder;
  Path model;
  Path in;
  Path out;

  @BeforeEach
  void makeModel() throws IOException {
    model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("weights"), "1");
    in = Files.createDirectories(folder.resolve("in"));
    out = folder.resolve("out");
  }

  final CommandLineRun batch(Object... arguments) {
    List<String> words = new ArrayList<>(List.of("batch", "--model", model.toString()));
    if (!Arrays.asList(arguments).contains("--output-dir")) {
      words.addAll(List.of("--output-dir", out.toString()));
    }
    Stream.of(arguments).map(Object::toString).forEach(words::add);
    return CommandLineRun.of("", words.toArray(String[]::new));
  }

  final Path write(String name, String text) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  final List<String> outputs() throws IOException {
    if (!Files.exists(out)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(out)) {
      return tree.filter(Files::isRegularFile)
          .map(file -> out.relativize(file).toString())
          .filter(name -> !name.startsWith(".dragoman"))
          .sorted()
          .toList();
    }
  }

  static void assertOneLine(CommandLineRun run, String part) {
    assertTrue(oneLine(run).contains(part), run.err());
  }

  static void assertOneLine(CommandLineRun run, String part, String before) {
    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().contains(before), run.err());
    assertEquals(2, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }

  static String oneLine(CommandLineRun run) {
    assertEquals(ExitCode.FAILURE, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    return run.err();
  }
}
