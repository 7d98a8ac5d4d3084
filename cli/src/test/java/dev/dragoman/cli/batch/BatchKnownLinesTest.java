// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The same line is not translated twice. */
final class BatchKnownLinesTest extends BatchCommandFixture {
  @Test
  void theSameLineIsTranslatedOnce() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      text.append("a\nb\na\nnew ").append(i).append('\n'); // new ones show what gets out of step
    }
    Path file = write("a.txt", text.toString());

    CommandLineRun run = batch(file);
    CommandLineRun without = batch(file, "--cache", "0", "--output-dir", folder.resolve("out2"));

    assertEquals(102, run.backend().translated());
    assertEquals(400, without.backend().translated());
    String expected = text.toString().toUpperCase(Locale.ROOT);
    assertEquals(expected, Files.readString(out.resolve("a.txt")));
    assertEquals(expected, Files.readString(folder.resolve("out2/a.txt")));
    assertTrue(run.err().contains("298 repeated"), run.err());
  }

  @Test
  void aMemoryKnowsLinesOfEarlierJobsWithTheSameOptions() throws IOException {
    Path file = write("a.txt", "a\n?b\n!c\n");
    Path memory = folder.resolve("memory.sqlite");
    batch(file, "--memory", memory);

    CommandLineRun again = batch(file, "--memory", memory, "--output-dir", folder.resolve("2"));
    CommandLineRun other =
        batch(file, "--memory", memory, "--output-dir", folder.resolve("3"), "--beam-size", "2");

    assertEquals(2, again.backend().translated(), "the line that fails, twice");
    assertTrue(again.err().contains("2 from the memory"), again.err());
    assertTrue(again.err().contains("line 2: was split"), again.err());
    assertEquals(4, other.backend().translated());
    assertEquals(
        Files.readString(out.resolve("a.txt")), Files.readString(folder.resolve("2/a.txt")));
  }

  @Test
  void aMemoryThatIsNoneIsNamed() throws IOException {
    Path file = write("a.txt", "a\n");
    Path memory =
        Files.writeString(folder.resolve("memory"), "not a database at all, but text\n".repeat(99));

    assertOneLine(
        batch(file, "--memory", memory),
        memory + ": cannot be used as a translation memory: [SQLITE_NOTADB]");
  }
}
