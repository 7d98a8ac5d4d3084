package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batch jobs on the fake backend. */
final class BatchCommandTest {
  @TempDir private Path folder;
  private Path model;
  private Path in;
  private Path out;

  @BeforeEach
  void makeModel() throws IOException {
    model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("weights"), "1");
    in = Files.createDirectories(folder.resolve("in"));
    out = folder.resolve("out");
  }

  private CommandLineRun batch(Object... arguments) {
    List<String> words = new ArrayList<>(List.of("batch", "--model", model.toString()));
    if (!Arrays.asList(arguments).contains("--output-dir")) {
      words.addAll(List.of("--output-dir", out.toString()));
    }
    Stream.of(arguments).map(Object::toString).forEach(words::add);
    return CommandLineRun.of("", words.toArray(String[]::new));
  }

  private Path write(String name, String text) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream to = new GZIPOutputStream(bytes)) {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private List<String> outputs() throws IOException {
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

  // --- inputs and outputs ---

  @Test
  void foldersArePutInTheirPlacesWithTheirCompression() throws IOException {
    write("a.txt", "a\r\nb");
    write("deep/er/b.txt", "c\n");
    write(".hidden", "x\n");
    Files.write(in.resolve("deep/c.txt.gz"), gzip("d\n\ne\n"));
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

  // --- failures in their line ---

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

  // --- going on ---

  @Test
  void aFinishedJobIsNotDoneAgain() throws IOException {
    write("a.txt", "a\n");
    batch(in);

    CommandLineRun again = batch(in);

    assertEquals(ExitCode.OK, again.exitCode(), again.err());
    assertTrue(again.backend().loaded().isEmpty());
    assertTrue(again.err().contains("1 line of 1 file done"), again.err());
  }

  @Test
  void aJobGoesOnAfterAFailureAndDoesNothingTwice() throws IOException {
    write("a.txt", "a\n!b\n");
    Path broken = write("b.txt", "c\n!d\ndie\ne\n");
    Path errors = folder.resolve("errors.jsonl");

    CommandLineRun first = batch(in, "--errors", errors);
    assertEquals(ExitCode.FAILURE, first.exitCode());
    assertTrue(first.err().contains("the fake died"), first.err());
    assertTrue(first.err().contains("4 of 6 lines are safe"), first.err());
    assertEquals(List.of("a.txt"), outputs());

    Files.writeString(broken, "c\n!d\ndie\ne\n".replace("die", "dye"));
    CommandLineRun second = batch(in, "--errors", errors);
    assertEquals(ExitCode.FAILURE, second.exitCode());
    assertTrue(second.err().contains("the input " + broken + " has another content"), second.err());
    assertEquals("A\n\n", Files.readString(out.resolve("a.txt")));

    CommandLineRun third = batch(in, "--errors", errors, "--restart");
    assertEquals(ExitCode.LINES_FAILED, third.exitCode(), third.err());
    assertEquals("C\n\nDYE\nE\n", Files.readString(out.resolve("b.txt")));
    assertEquals(2, Files.readAllLines(errors).size());
  }

  @Test
  void whatHasChangedIsNamed() throws IOException {
    write("a.txt", "a\n");
    write("b.txt", "b\n");
    batch(in);

    assertRefused(batch(in, "--beam-size", "2"), "--beam-size was 4 and is now 2");
    assertRefused(batch(in, "--on-error", "copy"), "--on-error was empty and is now copy");
    assertRefused(batch(in, "--format", "text"), "--format was not given and is now text");
    Files.writeString(in.resolve("b.txt"), "bb\n");
    assertRefused(batch(in), "the input " + in.resolve("b.txt") + " had 2 bytes and has now 3");
    Files.delete(in.resolve("b.txt"));
    assertRefused(batch(in), "the input " + in.resolve("b.txt") + " is missing");
    write("b.txt", "b\n");
    write("c.txt", "c\n");
    assertRefused(batch(in), "the input " + in.resolve("c.txt") + " was not there");
    Files.delete(in.resolve("c.txt"));
    Files.writeString(model.resolve("weights"), "2");
    assertRefused(batch(in), "the model (SHA-256) was ");
    assertEquals(List.of("a.txt", "b.txt"), outputs());
  }

  private static void assertRefused(CommandLineRun run, String reason) {
    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().contains(reason), run.err());
    assertTrue(run.err().contains("--restart begins anew"), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.backend().loaded().isEmpty());
  }

  @Test
  void aFileThatIsInTheWayIsNotOverwritten() throws IOException {
    Path file = write("a.txt", "a\n");
    Files.createDirectories(out);
    Files.writeString(out.resolve("a.txt"), "precious");

    assertOneLine(batch(file), "a.txt is there already, and not from this job");
    assertEquals("precious", Files.readString(out.resolve("a.txt")));
    assertEquals(ExitCode.OK, batch(file, "--restart").exitCode());
    assertEquals("A\n", Files.readString(out.resolve("a.txt")));
  }

  // --- the same line once ---

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
        batch(file, "--memory", memory), memory + ": cannot be used as a translation memory: ");
  }

  // --- shards ---

  @Test
  void sixteenShardsMergedAreOneRun() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      text.append(i % 97 == 0 ? "!" : "").append("line ").append(i).append('\n');
    }
    write("a.txt", text.toString());
    Files.write(in.resolve("b.txt.gz"), gzip(text.toString().repeat(60))); // more than a member
    write("c.csv", "1,\"x\ny\"\n2,z\n");
    write("empty.txt", "");
    CommandLineRun whole =
        batch(in, "--column", "2", "--format", "csv", "--errors", folder.resolve("e1"));
    assertEquals(ExitCode.LINES_FAILED, whole.exitCode(), whole.err());
    Path shards = folder.resolve("shards");
    for (int i = 1; i <= 16; i++) {
      CommandLineRun shard =
          batch(
              in, "--column", "2", "--format", "csv", "--output-dir", shards, "--shard", i + "/16");
      assertTrue(shard.exitCode() != ExitCode.FAILURE, shard.err());
      if (i == 7) {
        assertOneLine(merge(shards), "shard 8/16 is missing");
      }
    }

    CommandLineRun merged =
        CommandLineRun.of(
            "",
            "batch",
            "merge",
            "-o",
            shards.toString(),
            "--errors",
            folder.resolve("e2").toString());

    assertEquals(whole.exitCode(), merged.exitCode(), merged.err());
    for (String name : outputs()) {
      assertArrayEquals(
          Files.readAllBytes(out.resolve(name)), Files.readAllBytes(shards.resolve(name)), name);
    }
    assertEquals(Files.readString(folder.resolve("e1")), Files.readString(folder.resolve("e2")));
    assertEquals(whole.exitCode(), merge(shards).exitCode(), "once more");
  }

  private static CommandLineRun merge(Path shards) {
    return CommandLineRun.of("", "batch", "merge", "--output-dir", shards.toString());
  }

  @Test
  void aShardThatIsDamagedUnfinishedOrOfAnotherJobIsNamed() throws IOException {
    Path file = write("a.txt", "a\nb\nc\nd\n");
    batch(file, "--shard", "1/2");
    assertOneLine(merge(out), "shard 2/2 is missing");
    batch(file, "--shard", "2/2", "--beam-size", "2");
    assertOneLine(
        merge(out), "shards 1/2 and 2/2 are of different jobs: --beam-size was 4 and is now 2");
    batch(file, "--shard", "2/2", "--restart");
    Path piece = out.resolve(".dragoman/shard-2-of-2/pieces/a.txt");
    Files.writeString(piece, "C\nX\n");
    assertOneLine(merge(out), piece + " is damaged");
    assertEquals(List.of(), outputs());
    Files.writeString(in.resolve("a.txt"), "a\nb\ndie\nd\n");
    batch(file, "--shard", "1/2", "--restart");
    batch(file, "--shard", "2/2", "--restart");
    assertOneLine(merge(out), "shard 2/2 is not finished");
    assertOneLine(batch(file), "holds another kind of job");
    assertOneLine(batch(file, "--shard", "1/3"), "holds another kind of job");
  }

  // --- bad input ---

  @Test
  void everyBadInputIsNamedInOneLineAndNothingIsBegun() throws IOException {
    assertOneLine(batch(in.resolve("no.txt")), in.resolve("no.txt") + ": no such file or folder");
    assertOneLine(batch(in), in + ": no file is in it");
    assertOneLine(batch(in + "/*.txt"), in + "/*.txt: matches no file");
    assertOneLine(
        batch("--files-from", folder.resolve("no")), folder.resolve("no") + ": no such file");
    Path list = Files.writeString(folder.resolve("list"), "gone.txt\n");
    assertOneLine(batch("--files-from", list), list + ": gone.txt: no such file");

    Path text = write("a.txt", "a\n");
    Path same = Files.createDirectories(folder.resolve("other")).resolve("a.txt");
    Files.writeString(same, "b\n");
    assertOneLine(batch(text, same), text + " and " + same + " would both be written to a.txt");
    assertOneLine(
        batch(in, "--output-dir", in.resolve("deep/out")), "is inside the input folder " + in);
    assertOneLine(batch(text, "--output-dir", in), text + ": is in the output folder " + in);
    assertOneLine(batch(text, "--output-dir", same), same + ": is a file, not a folder");
    assertOneLine(batch("/dev/null"), "/dev/null: is not a regular file");

    Path binary = Files.write(in.resolve("b.bin"), new byte[] {'a', 0, 'b'});
    assertOneLine(batch(binary), binary + ": is a binary file: byte 2 is zero");
    Path utf16 = Files.write(in.resolve("u"), "\uFEFFa".getBytes(StandardCharsets.UTF_16LE));
    assertOneLine(batch(utf16), utf16 + ": is UTF-16, not UTF-8");
    Path table = write("t.tsv", "id\ttext\n");
    assertOneLine(batch(table), table + ": is a table: choose its --column");
    assertOneLine(
        batch(table, "--column", "fr"), table + ": no column 'fr'; its first line has: id, text");
    assertOneLine(batch(text, "--column", "1"), text + ": is it TSV or CSV?");
    Path quote = write("q.csv", "a\n\"b\n");
    assertOneLine(
        batch(quote, "--column", "1"), quote + ": after line 1: line 2: a quote is opened");
    Path notGzip = write("n.gz", "hello");
    assertOneLine(batch(notGzip), notGzip + ": ");

    CommandLineRun two = batch(binary, utf16);
    assertEquals(3, two.err().lines().count(), two.err());
    assertTrue(two.err().contains("2 problems with the inputs; nothing was begun"), two.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void aCompressedFileThatIsBrokenInTheMiddleIsNamed() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append("line ").append(Integer.toString(i * 7919, 36)).append('\n');
    }
    byte[] whole = gzip(text.toString());
    Path cut = Files.write(in.resolve("cut.gz"), Arrays.copyOf(whole, whole.length / 2));
    whole[whole.length / 2] ^= 0x55;
    Path damaged = Files.write(in.resolve("damaged.gz"), whole);

    assertTrue(oneLine(batch(cut)).matches("dragoman: " + cut + ": after line \\d+: .+\n"));
    assertTrue(oneLine(batch(damaged)).matches("dragoman: " + damaged + ": after line \\d+: .+\n"));
  }

  @Test
  void wrongUsageIsNamed() throws IOException {
    Path file = write("a.txt", "a\n");
    for (String[] wrong :
        new String[][] {
          {"--n-best", "2"},
          {"--checkpoint", "-1"},
          {"--cache", "-1"},
          {"--shard", "5/4"},
          {"--shard", "x"},
          {"--column", "1", "--field", "a"},
          {"--output-field", "a"},
          {"--format", "csv"},
          {"--header"},
          {"--compression", "rar"},
          {"--on-error", "ignore"}
        }) {
      List<Object> words = new ArrayList<>(List.of(file));
      words.addAll(List.of(wrong));
      CommandLineRun run = batch(words.toArray());
      assertEquals(ExitCode.USAGE, run.exitCode(), Arrays.toString(wrong) + run.err());
      assertEquals(2, run.err().lines().count(), run.err());
    }
    assertEquals(ExitCode.USAGE, batch().exitCode());
    assertEquals(ExitCode.USAGE, CommandLineRun.of("", "batch", file.toString()).exitCode());
  }

  @Test
  void aProgressThatIsDamagedIsNamed() throws IOException {
    Path file = write("a.txt", "a\ndie\n");
    batch(file);
    Path part = out.resolve(".dragoman/job/parts/0");
    assertEquals("A\n", Files.readString(part));
    Files.writeString(part, "X\n");
    assertOneLine(batch(file), part + " is not as the journal has it", "goes on with");
    Files.writeString(out.resolve(".dragoman/job/progress.json"), "{");
    assertOneLine(batch(file), "progress.json: is not a journal that this program wrote");
  }

  private static void assertOneLine(CommandLineRun run, String part) {
    assertTrue(oneLine(run).contains(part), run.err());
  }

  private static void assertOneLine(CommandLineRun run, String part, String before) {
    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().contains(before), run.err());
    assertEquals(2, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }

  private static String oneLine(CommandLineRun run) {
    assertEquals(ExitCode.FAILURE, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    return run.err();
  }

  // --- seeing it run ---

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
  void upperCaseIsWhatTheFakeDoes() throws IOException { // so the tests above see translations
    Path file = write("a.txt", "\u00e9t\u00e9\n");
    batch(file);
    assertEquals(
        "\u00e9t\u00e9\n".toUpperCase(Locale.ROOT), Files.readString(out.resolve("a.txt")));
  }
}
