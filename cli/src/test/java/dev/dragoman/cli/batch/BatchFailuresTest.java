// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines that cannot be translated. */
final class BatchFailuresTest extends BatchCommandFixture {
  @Test
  void aFailedLineIsTriedAgainAndThenEmptyOrCopied() throws IOException {
    Path file = write("a.txt", "a\n!b\nc\n");
    Path errors = folder.resolve("errors.jsonl");

    CommandLineRun run = batch(file, "--errors", errors);

    assertEquals(ExitCode.LINES_FAILED, run.exitCode());
    assertEquals("A\n\nC\n", Files.readString(out.resolve("a.txt")));
    JsonNode error = new ObjectMapper().readTree(Files.readString(errors));
    assertEquals(file.toString(), error.get("file").asText());
    assertEquals(2, error.get("line").asInt());
    assertEquals("too strange", error.get("reason").asText());
    assertEquals("!b", error.get("text").asText());
    assertEquals(4, run.backend().translated(), "three lines, and one of them again");

    batch(file, "--on-error", "copy", "--output-dir", folder.resolve("copied"));
    assertEquals("A\n!b\nC\n", Files.readString(folder.resolve("copied/a.txt")));
  }

  @Test
  void onErrorFailEndsTheJobAndMayBeChanged() throws IOException {
    Path file = write("a.txt", "a\n!b\nc\n");

    CommandLineRun run = batch(file, "--on-error", "fail");

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(
        run.err().contains(file + ", line 2: not translated: too strange; 1 of 3 lines are safe"),
        run.err());
    assertEquals(List.of(), outputs());
    assertEquals(ExitCode.LINES_FAILED, batch(file, "--on-error", "copy").exitCode());
    assertEquals("A\n!b\nC\n", Files.readString(out.resolve("a.txt")));
  }
}
