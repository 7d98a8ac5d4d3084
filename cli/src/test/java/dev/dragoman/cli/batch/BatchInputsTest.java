// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.Gzip;
import dev.dragoman.cli.console.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What goes into a batch job, and what comes out where. */
final class BatchInputsTest extends BatchCommandFixture {
  @Test
  void foldersArePutInTheirPlacesWithTheirCompression() throws IOException {
    write("a.txt", "a\r\nb");
    write("deep/er/b.txt", "c\n");
    write(".hidden", "x\n");
    Files.write(in.resolve("deep/c.txt.gz"), Gzip.of("d\n\ne\n"));
    write("empty.txt", "");

    CommandLineRun run = batch(in);

    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    assertEquals(List.of("a.txt", "deep/c.txt.gz", "deep/er/b.txt", "empty.txt"), outputs());
    assertEquals("A\r\nB", Files.readString(out.resolve("a.txt")));
    byte[] compressed = Files.readAllBytes(out.resolve("deep/c.txt.gz"));
    byte[] content = new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
    assertEquals("D\n\nE\n", new String(content, StandardCharsets.UTF_8));
    assertEquals("", Files.readString(out.resolve("empty.txt")));
  }

  @Test
  void patternsListsAndFilesAndAnotherCompression() throws IOException {
    write("x/a.txt", "a\n");
    write("x/y/b.txt", "b\n");
    write("x/y/c.log", "c\n");
    Path alone = write("d.txt", "d\n");
    Path listed = write("listed.txt", "e\n");
    Path list = Files.writeString(folder.resolve("list"), listed + "\n\n");

    CommandLineRun run =
        batch(in + "/x/**.txt", alone, "--files-from", list, "--compression", "zst");

    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    assertEquals(List.of("a.txt.zst", "d.txt.zst", "listed.txt.zst", "y/b.txt.zst"), outputs());
  }

  @Test
  void relativeNamesInAListKeepTheirFolders() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path file = Files.createDirectories(Path.of("target/batch-list")).resolve("a.txt");
    Files.writeString(file, "a\n");
    Path list =
        Files.writeString(
            folder.resolve("list"), here.relativize(file.toAbsolutePath()).toString());

    assertEquals(ExitCode.OK, batch("--files-from", list).exitCode());

    assertEquals(List.of("target/batch-list/a.txt"), outputs());
  }

  @Test
  void aDryRunListsTheWorkAndWritesNothing() throws IOException {
    write("a.txt", "a\nb\n");
    write("b.txt", "c");

    CommandLineRun run = batch(in, "--dry-run");

    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    assertTrue(run.out().contains("2 lines  " + in.resolve("a.txt") + " -> a.txt"), run.out());
    assertTrue(
        run.out().matches("(?s).*3 lines of 2 files, about .* lines/s, a fake device\n"),
        run.out());
    assertFalse(Files.exists(out));
  }

  @Test
  void tablesAndJsonLinesKeepEverythingElse() throws IOException {
    Path tsv = write("t.tsv", "id\ttext\n1\tun\n2\n");
    Path json = write("j.jsonl", "{\"s\":\"un\", \"n\": 1.0}\nnonsense\n");

    CommandLineRun table = batch(tsv, "--column", "text");
    CommandLineRun lines = batch(json, "--field", "s", "--output-dir", folder.resolve("out2"));

    assertEquals("id\ttext\n1\tUN\n2\n", Files.readString(out.resolve("t.tsv")));
    assertEquals(ExitCode.LINES_FAILED, table.exitCode());
    assertTrue(
        table
            .err()
            .contains("t.tsv, line 3: not translated, left as it was: has one column, not 2"),
        table.err());
    assertEquals(
        "{\"s\":\"UN\", \"n\": 1.0}\nnonsense\n", Files.readString(folder.resolve("out2/j.jsonl")));
    assertTrue(
        lines.err().contains("j.jsonl, line 2: not translated, left as it was: does not parse"),
        lines.err());
  }

  @Test
  void upperCaseIsWhatTheFakeDoes()
      throws IOException { // which shows that the tests above see translations
    Path file = write("a.txt", "\u00e9t\u00e9\n");
    batch(file);
    assertEquals(
        "\u00e9t\u00e9\n".toUpperCase(Locale.ROOT), Files.readString(out.resolve("a.txt")));
  }
}
