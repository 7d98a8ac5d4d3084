// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Repository;
import dev.dragoman.cli.FakeBackend;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.TestConsole;
import dev.dragoman.cli.console.VerbosityOptions;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.RealBackend;
import dev.dragoman.hub.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands' part: names, messages, and that a pulled model is found by its name. */
final class PullCommandTest {
  private final TestConsole streams = new TestConsole();
  private Map<String, String> environment;
  @TempDir private Path folder;

  @BeforeEach
  void useAnEmptyCache() {
    environment = Map.of("HF_HOME", folder.toString());
  }

  @Test
  void aPulledModelOpensByItsName() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      for (String name : new String[] {"config.json", "vocab.json"}) {
        hub.small(name, Files.readString(Repository.MODEL.resolve(name)));
      }
      hub.large("source.spm", Files.readAllBytes(Repository.MODEL.resolve("source.spm")));
      hub.large(
          "model.safetensors", Files.readAllBytes(Repository.MODEL.resolve("model.safetensors")));
      environment = Map.of("HF_HOME", folder.toString(), "HF_ENDPOINT", hub.address() + "/");

      assertEquals(ExitCode.OK, pull("some/model"), streams.err());
    }
    Path there = Path.of(streams.out().strip());
    assertTrue(streams.err().startsWith("dragoman: some/model at 01234567"));
    RealBackend engine = new RealBackend(environment);
    assertEquals(there, engine.locate(Path.of("some/model")));
    assertEquals("some/model", engine.open(there).config().label().name());
  }

  @Test
  void aModelThatIsNotThereSaysHowToPullIt() {
    RealBackend engine = new RealBackend(environment);
    String message =
        assertThrows(IOException.class, () -> engine.locate(Path.of("Helsinki-NLP/opus-mt-fr-en")))
            .getMessage();
    assertTrue(message.contains("'dragoman pull Helsinki-NLP/opus-mt-fr-en'"), message);
  }

  @Test
  void pathsStayPaths() throws IOException {
    RealBackend engine = new RealBackend(environment);
    for (String path : new String[] {"./a/b", "/a/b", "a", "a/b/c", Repository.MODEL.toString()}) {
      assertEquals(Path.of(path), engine.locate(Path.of(path)));
    }
  }

  @Test
  void whatIsNoNameIsWrongUsage() {
    assertEquals(ExitCode.USAGE, pull("../x"));
  }

  private int pull(String name) {
    CommandContext context =
        new CommandContext(
            streams.console(), new VerbosityOptions(), new FakeBackend(), Optional.empty());
    return new CommandLine(new PullCommand(context, environment)).execute(name);
  }
}
