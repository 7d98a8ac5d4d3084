package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark measures what it says on the bundled model. */
class BenchCommandTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models", "fr-en");

  @TempDir private Path directory;

  @Test
  void measuresEveryRunAndWritesAllNumbers() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "Je suis étudiant.\n\nUn chien.\n");
    Path json = directory.resolve("numbers.json");
    CommandLineRun run =
        CommandLineRun.of(
            "",
            "bench",
            "-m",
            MODEL.toString(),
            text.toString(),
            "--runs",
            "3",
            "--warm-up",
            "0",
            "--beam-size",
            "2",
            "--threads",
            "1",
            "--device",
            "cpu",
            "--json",
            json.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("lines/s of processor time"), run.out());
    assertTrue(run.out().toLowerCase(Locale.ROOT).contains("feed-forward"), run.out());
    JsonNode numbers = new ObjectMapper().readTree(json.toFile());
    assertEquals(3, numbers.get("runs").size());
    assertEquals(3, numbers.get("setting").get("lines").asInt());
    for (JsonNode one : numbers.get("runs")) {
      assertEquals(5 + 4, one.get("sourceTokens").asInt());
      assertTrue(one.get("seconds").asDouble() > 0);
      assertTrue(one.get("operations").get("search").asDouble() > 0);
    }
  }

  @Test
  void refusesNoRunsAndNoLines() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "");
    assertEquals(2, CommandLineRun.of("", "bench", empty.toString(), "--runs", "0").exitCode());
    assertEquals(2, CommandLineRun.of("", "bench").exitCode());
    assertEquals(1, CommandLineRun.of("", "bench", empty.toString()).exitCode());
  }
}
