// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.Gzip;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What is wrong is named in one line, before anything is begun. */
final class BatchBadInputTest extends BatchCommandFixture {
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

    Path binary = Files.write(in.resolve("b.bin"), new byte[] {'a', '\n', (byte) 0xFF, 'b', 0});
    assertOneLine(
        batch(binary), binary + ": after line 1: line 2 is not text: it holds zero bytes");
    Path utf16 = Files.write(in.resolve("u"), "\uFEFFa".getBytes(StandardCharsets.UTF_16LE));
    assertOneLine(batch(utf16), utf16 + ": is UTF-16, not UTF-8");
    Path gzip = Files.write(in.resolve("z.txt"), Gzip.of("a"));
    assertOneLine(
        batch(gzip), gzip + ": is compressed with gzip: translate reads plain text; batch");
    Path table = write("t.tsv", "id\ttext\n");
    assertOneLine(batch(table), table + ": is a table: choose its text with --column");
    assertOneLine(
        batch(table, "--column", "fr"), table + ": no column 'fr'; its first line has: id, text");
    assertOneLine(
        batch(table, "--column", "3"), table + ": no column 3; its first line has 2 columns");
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
  void aZeroByteIsOneOfTheTextWhereverItStands() throws IOException {
    String text = "un\0 chien\n";
    String before = "ligne\n".repeat(10_000);
    Path early = write("early.txt", text + before);
    Path late = write("late.txt", before + text);
    Path table = write("t.tsv", before.replace('\n', '\t').replaceAll("(\t.*?)\t", "$1\n") + text);

    assertEquals(ExitCode.OK, batch(early, late).exitCode());
    assertEquals(ExitCode.OK, batch(table, "--column", "1", "--restart").exitCode());

    assertEquals(
        (text + before).toUpperCase(Locale.ROOT), Files.readString(out.resolve("early.txt")));
    assertEquals(
        (before + text).toUpperCase(Locale.ROOT), Files.readString(out.resolve("late.txt")));
    assertTrue(Files.readString(out.resolve("t.tsv")).endsWith("UN\0 CHIEN\n"));
  }

  @Test
  void aCompressedFileThatIsBrokenInTheMiddleIsNamed() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append("line ").append(Integer.toString(i * 7919, 36)).append('\n');
    }
    byte[] whole = Gzip.of(text.toString());
    Path cut = Files.write(in.resolve("cut.gz"), Arrays.copyOf(whole, whole.length / 2));
    whole[whole.length / 2] ^= 0x55;
    Path damaged = Files.write(in.resolve("damaged.gz"), whole);

    assertTrue(
        oneLine(batch(cut)).matches("dragoman: " + cut + ": after line \\d+: ends too early.+\n"));
    assertTrue(oneLine(batch(damaged)).matches("dragoman: " + damaged + ": after line \\d+: .+\n"));
  }

  @Test
  void whereReportsCannotBeWrittenIsNamedBeforeTheWork() throws IOException {
    Path file = write("a.txt", "a\n");
    for (String option : List.of("--errors", "--metrics", "--report")) {
      Path nowhere = folder.resolve("gone/file");
      assertOneLine(
          batch(file, option, nowhere), nowhere + ": there is no folder " + nowhere.getParent());
      assertOneLine(batch(file, option, in), in + ": is a folder");
    }
    assertFalse(Files.exists(out));
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
}
