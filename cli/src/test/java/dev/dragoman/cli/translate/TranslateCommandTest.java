// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.Gzip;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TranslateCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "a", "a\n", "a\nb", "a\r\nb\n\nc", "a\r\n", "\r\n\n\r\n", "\n\n"})
  void keepsEveryLineAndItsTerminator(String in) {
    CommandLineRun run = CommandLineRun.of(in, "translate");

    assertEquals(in.toUpperCase(Locale.ROOT), run.out());
    assertEquals(ExitCode.OK, run.exitCode());
  }

  @Test
  void readsFilesAndStandardInputInOrder() throws IOException {
    Path first = Files.writeString(folder.resolve("un.txt"), "a\nb");
    Path second = Files.writeString(folder.resolve("d\u00e9ux.txt"), "c\n");

    CommandLineRun run =
        CommandLineRun.of(
            "x", "translate", "--input", first.toString(), "-", "--quiet", second.toString());

    assertEquals("A\nB\nX\nC\n", run.out());
    assertEquals("", run.err());
  }

  @Test
  void aFileWithoutFinalNewlineIsNotJoinedToTheNext() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "a");

    CommandLineRun run =
        CommandLineRun.of("", "translate", "-i", file.toString(), "-i", file.toString());

    assertEquals("A\nA", run.out());
  }

  @Test
  void reportsFailedLinesWithFileAndNumberAndLeavesThemEmpty() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "one\n!two\r\nthree\n");

    CommandLineRun run = CommandLineRun.of("!x", "translate", file.toString(), "-", "-q");

    assertEquals("ONE\n\r\nTHREE\n", run.out());
    assertEquals(ExitCode.LINES_FAILED, run.exitCode());
    assertEquals(
        "dragoman: "
            + file
            + ", line 2: not translated, left empty: too strange\n"
            + "dragoman: standard input, line 1: not translated, left empty: too strange\n",
        run.err());
  }

  @Test
  void showsTheFirstNotesAndCountsTheRest() {
    CommandLineRun run = CommandLineRun.of("?x\n".repeat(13), "translate");

    assertEquals(10, run.err().lines().filter(line -> line.endsWith("was split")).count());
    assertTrue(run.err().contains("standard input, line 10: was split"), run.err());
    assertTrue(run.err().contains("3 more notes"), run.err());
    assertEquals(ExitCode.OK, run.exitCode());
  }

  @Test
  void replacesAndReportsWhatIsNotUtf8() {
    byte[] in = {'a', (byte) 0xff, 'b', '\n', 'c', '\n'};

    CommandLineRun run = CommandLineRun.ofBytes(in, "translate");

    assertEquals("A\uFFFDB\nC\n", run.out());
    assertTrue(run.err().contains("standard input, line 1: is not UTF-8"), run.err());
  }

  @Test
  void whatIsNotTextIsNamedBeforeAModelIsLoaded() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "a\n");
    byte[] utf16 = "\uFEFFa\n".getBytes(StandardCharsets.UTF_16LE);
    byte[] gzip = Gzip.of("a\n");
    String encoding = ": is UTF-16, not UTF-8: convert it with iconv -f UTF-16 -t UTF-8";
    String compressed =
        ": is compressed with gzip: translate reads plain text; batch reads .gz, .zst, .xz and .bz2,"
            + " by the name's end";

    String nothing = "; no line was written\n";

    assertRefused(
        files(text, Files.write(folder.resolve("u"), utf16)), folder + "/u" + encoding + "\n");
    assertRefused(files(Files.write(folder.resolve("z"), gzip)), folder + "/z" + compressed + "\n");
    assertRefused(
        CommandLineRun.ofBytes(utf16, "translate", "-q"), "standard input" + encoding + nothing);
    assertRefused(
        CommandLineRun.ofBytes(gzip, "translate", "-q"), "standard input" + compressed + nothing);
  }

  private static CommandLineRun files(Path... files) {
    List<String> words = new ArrayList<>(List.of("translate", "-q"));
    Stream.of(files).map(Path::toString).forEach(words::add);
    CommandLineRun run = CommandLineRun.of("", words.toArray(String[]::new));
    assertTrue(run.backend().loaded().isEmpty());
    return run;
  }

  private static void assertRefused(CommandLineRun run, String message) {
    assertEquals("dragoman: " + message, run.err());
    assertEquals("", run.out());
    assertEquals(ExitCode.FAILURE, run.exitCode());
  }

  @Test
  void zeroBytesAreTextButNotBesideWhatIsNotUtf8() {
    CommandLineRun zero = CommandLineRun.of("a\0b\n\0\nc\n", "translate", "-q");
    CommandLineRun binary =
        CommandLineRun.ofBytes(
            new byte[] {'a', '\n', 'b', 0, (byte) 0xff, '\n'}, "translate", "-q");

    assertEquals("A\0B\n\0\nC\n", zero.out());
    assertEquals("", zero.err());
    String message =
        "dragoman: standard input: line 2 is not text: it holds zero bytes and bytes that are not"
            + " UTF-8, as binary files do; ";
    assertTrue(binary.err().startsWith(message), binary.err());
    assertEquals(1, binary.err().lines().count(), binary.err());
    assertEquals(ExitCode.FAILURE, binary.exitCode());
  }

  @Test
  void invisibleMarksWithinLinesAreKeptOrDropped() {
    String in = "a\u00adb\u200b c\ufe0f\n\u2060\n";

    assertEquals(in.toUpperCase(Locale.ROOT), CommandLineRun.of(in, "translate").out());
    assertEquals("AB C\n\n", CommandLineRun.of(in, "translate", "--invisible", "drop").out());
    CommandLineRun pieces = CommandLineRun.of(in, "translate", "--invisible", "drop", "--tokens");
    assertEquals(ExitCode.USAGE, pieces.exitCode());
    assertTrue(
        pieces.err().contains("--invisible drop changes text, and --tokens takes tokens"),
        pieces.err());
  }

  @Test
  void endsWithASummaryUnlessQuiet() {
    CommandLineRun told = CommandLineRun.of("a\nb\n", "translate");
    CommandLineRun quiet = CommandLineRun.of("a\n?b\n", "translate", "--quiet");

    assertTrue(told.err().matches("2 lines, 6 tokens in .*, a fake device\\R"), told.err());
    assertEquals("", quiet.err());
  }

  @Test
  void scoresStandBeforeTheText() {
    CommandLineRun run = CommandLineRun.of("a\n!b\n", "translate", "--scores");

    assertEquals("-0.500000\tA\n-inf\t\n", run.out());
  }

  @Test
  void theAlignmentStandsBehindTheText() {
    assertEquals(
        "A ||| \n ||| \n", CommandLineRun.of("a\n!b\n", "translate", "--alignment", "hard").out());
    assertEquals(
        "-0.500000\tA ||| \n",
        CommandLineRun.of("a\n", "translate", "--scores", "--alignment=soft").out());
    assertEquals(
        "0 ||| A |||  ||| -0.500000\n0 ||| A+ |||  ||| -1.500000\n1 |||  |||  ||| -inf\n",
        CommandLineRun.of("a\n!b\n", "translate", "--n-best", "2", "--alignment", "hard").out());
  }

  @Test
  void nBestListsAreNumberedFromZero() {
    CommandLineRun run = CommandLineRun.of("a\n!b\r\nc", "translate", "--n-best", "2");

    assertEquals(
        """
        0 ||| A ||| -0.500000
        0 ||| A+ ||| -1.500000
        1 |||  ||| -inf\r
        2 ||| C ||| -0.500000
        2 ||| C+ ||| -1.500000""",
        run.out());
  }

  @Test
  void aBrokenModelIsOneLineAndItsTraceComesWithVerbose() {
    Path output = folder.resolve("out");
    CommandLineRun run =
        CommandLineRun.of("", "translate", "--model", "broken", "-o", output.toString());
    CommandLineRun verbose = CommandLineRun.of("", "translate", "--model", "broken", "--verbose");

    assertEquals("dragoman: broken/config.json: missing\n", run.err());
    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertFalse(Files.exists(folder.resolve("out.partial")));
    assertTrue(verbose.err().contains("\tat dev.dragoman.cli."), verbose.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "."})
  void anInputThatCannotBeReadIsNamedBeforeTheModelIsLoaded(String name) {
    Path file = folder.resolve(name);

    CommandLineRun run = CommandLineRun.of("", "translate", file.toString());

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().startsWith("dragoman: " + file + ": "), run.err());
    assertEquals(1, run.err().lines().count());
    assertTrue(run.backend().loaded().isEmpty());
  }

  @Test
  @Timeout(value = Hang.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTypedLineComesBackAtOnce() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    PipedInputStream screen = new PipedInputStream();
    PipedInputStream in = new PipedInputStream(keyboard);
    PipedOutputStream out = new PipedOutputStream(screen);
    FutureTask<CommandLineRun> program =
        new FutureTask<>(
            () -> {
              try (out) { // whatever happens, so that nobody waits for an answer
                return CommandLineRun.between(in, out, "translate", "-q");
              }
            });
    new Thread(program).start();

    for (String line : new String[] {"a\n", "\n", "two\n"}) {
      keyboard.write(line.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      byte[] answer = screen.readNBytes(line.length()); // waits for ever if nothing is flushed
      assertEquals(line.toUpperCase(Locale.ROOT), new String(answer, StandardCharsets.UTF_8));
    }
    keyboard.close();
    assertEquals(ExitCode.OK, program.get().exitCode());
  }
}
