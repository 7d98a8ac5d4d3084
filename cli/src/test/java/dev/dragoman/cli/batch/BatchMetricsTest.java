// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.FakeBackend;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a job tells while it runs. */
final class BatchMetricsTest extends BatchCommandFixture {
  @Test
  void metricsAreJsonLines() throws IOException {
    write("a.txt", "a\nb\na\n");
    Path metrics = folder.resolve("metrics.jsonl");

    batch(in, "--metrics", metrics);

    List<String> lines = Files.readAllLines(metrics);
    JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    assertEquals(3, last.get("lines_done").asInt());
    assertEquals(1, last.get("repeated_lines").asInt());
    assertEquals(1 << 20, last.get("device_bytes").asInt());
    assertTrue(last.get("heap_bytes").asLong() > 1 << 20);
    for (String name :
        List.of("lines_per_second", "tokens_per_second", "lines_under_way", "sentences_waiting")) {
      assertTrue(last.get(name).isNumber(), name);
    }
  }

  @Test
  void aJobDoesNotFailBecauseNobodyCanLookAtIt() throws IOException {
    Path file = write("a.txt", "a\nb\n");
    FakeBackend backend = new FakeBackend();
    backend.hideStatus();

    CommandLineRun run =
        CommandLineRun.on(
            backend, "batch", "--model", model.toString(), "-o", out.toString(), file.toString());

    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    assertEquals("A\nB\n", Files.readString(out.resolve("a.txt")));
  }

  @Test
  void aSampleThatWasCutByAKillStaysALineOfItsOwn() throws IOException {
    Path file = write("a.txt", "a\ndie\n");
    batch(file, "--on-error", "fail");
    Path samples = out.resolve(".dragoman/job/samples.jsonl");
    String cut = "{\"time\":\"2026-01-01T00:00:00Z\",\"seco";
    Files.writeString(samples, cut);

    batch(file, "--on-error", "fail");

    List<String> lines = Files.readAllLines(samples);
    assertEquals(cut, lines.get(0));
    assertTrue(lines.get(1).startsWith("{\"time\""), lines.get(1));
  }
}
