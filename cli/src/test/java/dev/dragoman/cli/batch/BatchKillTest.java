// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.dragoman.Hang;
import dev.dragoman.Repository;
import dev.dragoman.cli.ChildProcess;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.FakeMain;
import dev.dragoman.cli.Main;
import dev.dragoman.cli.console.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Kills real processes at random moments of one job, which must end as if nothing had happened. */
@Timeout(Hang.SECONDS)
final class BatchKillTest {
  private static final long SEED = 20260101;

  /**
   * The options of jobs that are never done: however late a kill comes, eight runs of so many lines
   * are not the whole job.
   */
  private static final List<String> SLOW_AND_NEVER_DONE =
      List.of("-Dfake.microseconds.per.line=1000", "-Dfake.most.lines=800");

  @TempDir private Path folder;

  /** Kills jobs on the fake backend, with outputs of several compressed members. */
  @Test
  void aJobThatIsKilledAgainAndAgainEndsAsIfUndisturbed() throws Exception {
    makeInputs(lines(2_500));
    Path undisturbed = folder.resolve("undisturbed");
    CommandLineRun run = CommandLineRun.of("", arguments(undisturbed).toArray(String[]::new));
    assertEquals(ExitCode.LINES_FAILED, run.exitCode(), run.err());

    Path disturbed = folder.resolve("disturbed");
    killWhileRunning(disturbed, new Killing(FakeMain.class, 8, 800, 400, SLOW_AND_NEVER_DONE));
    ChildProcess last = ChildProcess.start(FakeMain.class, List.of(), arguments(disturbed));

    assertEquals(ExitCode.LINES_FAILED, last.exitCode(), last.messages());
    assertSameFiles(undisturbed, disturbed);
    assertArrayEquals(
        Files.readAllBytes(undisturbed.resolve(".dragoman/job/errors.jsonl")),
        Files.readAllBytes(disturbed.resolve(".dragoman/job/errors.jsonl")));
  }

  /** Kills the real program with the bundled model. */
  @Test
  @Tag("slow")
  @Timeout(6 * Hang.SECONDS)
  void fiftyKillsOfTheRealProgramLeaveNoTrace() throws Exception {
    List<String> french =
        Files.readAllLines(Repository.ROOT.resolve("models/fr-en/golden/own.fr.txt"));
    makeInputs(
        Stream.iterate(0, i -> i + 1).limit(2_500).map(i -> french.get(i % 50) + " " + i).toList());
    List<String> options = List.of("-Ddragoman.home=" + Repository.ROOT, "-XX:TieredStopAtLevel=4");
    Path undisturbed = folder.resolve("undisturbed");
    ChildProcess calm = ChildProcess.start(Main.class, options, real(undisturbed));
    assertEquals(ExitCode.OK, calm.exitCode(), calm.messages());

    Path disturbed = folder.resolve("disturbed");
    killWhileRunning(disturbed, new Killing(Main.class, 50, 2_000, 60, options));
    ChildProcess last = ChildProcess.start(Main.class, options, real(disturbed));

    assertEquals(ExitCode.OK, last.exitCode(), last.messages());
    assertSameFiles(undisturbed, disturbed);
  }

  /**
   * How to kill.
   *
   * @param within milliseconds after the start, for every other kill
   * @param after records that are safe, for the others
   */
  private record Killing(
      Class<?> program, int times, int within, int after, List<String> options) {}

  private void killWhileRunning(Path output, Killing killing) throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < killing.times(); i++) {
      List<String> arguments = killing.program() == Main.class ? real(output) : arguments(output);
      long before = safeRecords(output);
      ChildProcess child = ChildProcess.start(killing.program(), killing.options(), arguments);
      if (i % 2 == 0) {
        assertFalse(child.endsWithin(random.nextInt(killing.within())), () -> "ended too early");
      } else {
        long enough = before + random.nextInt(killing.after());
        child.await(() -> safeRecords(output) > enough);
      }
      child.kill();
    }
    assertTrue(safeRecords(output) > 0, "nothing was done between the kills");
  }

  private static long safeRecords(Path output) throws IOException {
    Path progress = output.resolve(".dragoman/job/progress.json");
    if (!Files.exists(progress)) {
      return 0;
    }
    Matcher records =
        Pattern.compile("\"statistics\":\\{\"records\":([0-9]+)")
            .matcher(Files.readString(progress));
    assertTrue(records.find());
    return Long.parseLong(records.group(1));
  }

  private List<String> arguments(Path output) {
    return new ArrayList<>(
        List.of(
            "batch",
            folder.resolve("in").toString(),
            "--output-dir",
            output.toString(),
            "--checkpoint",
            "0.05",
            "--quiet",
            "--on-error",
            "copy",
            "--model",
            folder.resolve("in").toString()));
  }

  private List<String> real(Path output) {
    return List.of(
        "batch",
        folder.resolve("in").toString(),
        "--output-dir",
        output.toString(),
        "--checkpoint",
        "0.05",
        "--beam-size",
        "1",
        "--quiet");
  }

  private static List<String> lines(int count) {
    Random random = new Random(SEED);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String start = i % 100 == 7 ? "!" : "";
      lines.add(start + "line " + i + " of " + Long.toString(random.nextLong(), 36).repeat(40));
    }
    return lines;
  }

  private void makeInputs(List<String> lines) throws IOException {
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Path in = Files.createDirectories(folder.resolve("in/deeper"));
    ByteArrayOutputStream gz = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gz)) {
      out.write(text);
    }
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(xz, new LZMA2Options(1))) {
      out.write(text);
    }
    Files.write(in.resolve("a.txt.gz"), gz.toByteArray());
    Files.write(in.resolve("b.txt.xz"), xz.toByteArray());
    Files.write(folder.resolve("in/c.txt.zst"), Zstd.compress(text));
  }

  private static void assertSameFiles(Path expected, Path actual) throws IOException {
    assertEquals(names(expected), names(actual));
    for (String name : names(expected)) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(name)),
          Files.readAllBytes(actual.resolve(name)),
          name);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(name -> !name.startsWith(".dragoman"))
          .sorted()
          .toList();
    }
  }
}
