// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.Hang;
import dev.dragoman.cli.ChildProcess;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.FakeMain;
import dev.dragoman.cli.console.ExitCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch jobs in processes of their own: signals, locks, full disks, small heaps. */
@Timeout(Hang.SECONDS)
final class BatchProcessTest {
  /** The time of a line, so long that a job of thousands does not end before it is stopped. */
  private static final String TENTH_OF_A_SECOND = "-Dfake.microseconds.per.line=100000";

  @TempDir private Path folder;

  private List<String> arguments(Path in, String... more) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    List<String> words =
        new ArrayList<>(
            List.of(
                "batch",
                in.toString(),
                "--output-dir",
                folder.resolve("out").toString(),
                "--checkpoint",
                "0.05"));
    words.addAll(List.of(more));
    words.addAll(List.of("--model", model.toString()));
    return words;
  }

  private Path lines(int count) throws IOException {
    Path file = folder.resolve("in.txt");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        out.write("line " + i + " of a text that is long enough\n");
      }
    }
    return file;
  }

  private Path progress() {
    return folder.resolve("out/.dragoman/job/progress.json");
  }

  private void awaitProgress(ChildProcess child) throws Exception {
    child.await(
        () ->
            Files.exists(progress())
                && Files.readString(progress()).matches("(?s).*\"records\":[1-9].*"));
  }

  @ParameterizedTest
  @CsvSource({"TERM,143", "INT,130"})
  void aSignalLeavesAJobThatGoesOn(String signal, int code) throws Exception {
    ChildProcess.assumeTaken(signal, code - 128); // the code is 128 and the signal's number
    Path in = lines(20_000);
    ChildProcess child =
        ChildProcess.start(FakeMain.class, List.of(TENTH_OF_A_SECOND), arguments(in));
    awaitProgress(child);
    child.signal(signal);

    assertEquals(code, child.exitCode(), child.messages());
    assertTrue(
        child
            .messages()
            .matches(
                "(?s).*dragoman: interrupted; [0-9,]+ of 20,000 lines are safe, and the same command goes on from there\n"),
        child.messages());
    assertFalse(Files.exists(folder.resolve("out/in.txt")));

    ChildProcess again = ChildProcess.start(FakeMain.class, List.of(), arguments(in));
    assertEquals(ExitCode.OK, again.exitCode(), again.messages());
    assertTrue(again.messages().contains("goes on with the job"), again.messages());
    assertEquals(
        Files.readString(in).toUpperCase(Locale.ROOT),
        Files.readString(folder.resolve("out/in.txt")));
  }

  /** The patience with what is being translated has an end, in second attempts, too. */
  @ParameterizedTest
  @ValueSource(strings = {"slow", "!slow"})
  void aSignalDoesNotWaitForALineThatTakesTooLong(String slow) throws Exception {
    Path in = Files.writeString(folder.resolve("in.txt"), "a\nb\n" + slow + "\nc\n");
    ChildProcess child =
        ChildProcess.start(FakeMain.class, List.of(), arguments(in, "--grace", "0.1"));
    child.awaitMessage("a slow line");
    child.signal("TERM");

    assertEquals(143, child.exitCode(), child.messages());
    assertTrue(
        child.messages().contains("dragoman: interrupted; 2 of 4 lines are safe"),
        child.messages());
  }

  @Test
  void twoJobsDoNotShareAFolder() throws Exception {
    Path in = lines(20_000);
    ChildProcess child =
        ChildProcess.start(FakeMain.class, List.of(TENTH_OF_A_SECOND), arguments(in));
    awaitProgress(child);

    CommandLineRun second = CommandLineRun.of("", arguments(in).toArray(String[]::new));

    child.kill();
    assertEquals(ExitCode.FAILURE, second.exitCode());
    assertTrue(
        second.err().matches("dragoman: .*out: another job is writing it, process \\d+ on .*\n"),
        second.err());
  }

  @Test
  void anInputThatChangesWhileItIsReadIsNamed() throws Exception {
    // The input has more lines than are read ahead of the one that is being translated.
    Path in = Files.writeString(folder.resolve("in.txt"), "gate\n" + "more\n".repeat(80_000));
    Path gate = folder.resolve("gate");
    ChildProcess child =
        ChildProcess.start(FakeMain.class, List.of("-Dfake.gate=" + gate), arguments(in));
    child.awaitMessage("at the gate");
    Files.writeString(in, "one more line\n", java.nio.file.StandardOpenOption.APPEND);
    Files.createFile(gate);

    assertEquals(ExitCode.FAILURE, child.exitCode(), child.messages());
    assertTrue(
        child.messages().contains(in + " has changed while it was translated; put it back"),
        child.messages());
    assertEquals(1, child.messages().lines().filter(l -> l.startsWith("dragoman:")).count());
    assertFalse(Files.exists(folder.resolve("out/in.txt")));
  }

  /** A limit on the size of files stands for a disk that is full: the same write fails. */
  @Test
  void aFullDiskIsNamedAndWhatWasSafeStaysSafe() throws Exception {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "skipped: there is no /bin/bash here");
    Path in = lines(40_000);
    ChildProcess child =
        ChildProcess.limited(
            1_000, FakeMain.class, List.of("-Dfake.microseconds.per.line=25"), arguments(in));

    assertEquals(ExitCode.FAILURE, child.exitCode(), child.messages());
    assertTrue(
        child
            .messages()
            .matches(
                "(?s).*dragoman: cannot write to .*out: File too large; [1-9][0-9,]* of 40,000 lines are safe, .*"),
        child.messages());
    assertFalse(Files.exists(folder.resolve("out/in.txt")));

    ChildProcess again = ChildProcess.start(FakeMain.class, List.of(), arguments(in));
    assertEquals(ExitCode.OK, again.exitCode(), again.messages());
    assertEquals(
        Files.readString(in).toUpperCase(Locale.ROOT),
        Files.readString(folder.resolve("out/in.txt")));
  }

  @Test
  void whatMayNotBeReadIsNamed() throws Exception {
    Path in = Files.createDirectories(folder.resolve("in"));
    Path file = Files.writeString(in.resolve("a.txt"), "a\n");
    Path closed = Files.createDirectory(in.resolve("closed"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(file), "skipped: this user may read everything");

    CommandLineRun run = CommandLineRun.of("", arguments(in).toArray(String[]::new));

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().contains("dragoman: " + file + ": permission denied\n"), run.err());
    assertTrue(
        run.err().contains("dragoman: " + closed + ": cannot be read: permission denied\n"),
        run.err());
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }

  /** The shards run all at once in one folder, as on machines that know nothing of each other. */
  @Test
  @Tag("slow")
  void sixteenShardsOnSixteenProcessesMergedAreOneRun() throws Exception {
    Path in = lines(5_003);
    List<ChildProcess> processes = new ArrayList<>();
    for (int i = 1; i <= 16; i++) {
      processes.add(
          ChildProcess.start(FakeMain.class, List.of(), arguments(in, "--shard", i + "/16")));
    }
    for (ChildProcess process : processes) {
      assertEquals(ExitCode.OK, process.exitCode(), process.messages());
    }
    String out = folder.resolve("out").toString();

    CommandLineRun merged = CommandLineRun.of("", "batch", "merge", "--output-dir", out);

    assertEquals(ExitCode.OK, merged.exitCode(), merged.err());
    assertEquals(
        Files.readString(in).toUpperCase(Locale.ROOT),
        Files.readString(folder.resolve("out/in.txt")));
  }

  /** The disk has room for a tenth of the large file. */
  @Test
  @Tag("slow")
  @Timeout(6 * Hang.SECONDS)
  void aGigabyteRunsInTheHeapOfAMegabyte() throws Exception {
    Path in = lines(25_000); // 1 MB
    assertRuns(in, "first");
    Path large = folder.resolve("large.txt");
    byte[] megabyte = Files.readAllBytes(in);
    try (var out = Files.newOutputStream(large)) {
      for (int i = 0; i < 1_000; i++) {
        out.write(megabyte);
      }
    }
    assertRuns(large, "second");
  }

  private void assertRuns(Path in, String out) throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Path to = folder.resolve(out);
    List<String> arguments =
        List.of("batch", in.toString(), "-o", to.toString(), "--model", model.toString());
    ChildProcess child = ChildProcess.start(FakeMain.class, List.of("-Xmx96m"), arguments);
    assertEquals(ExitCode.OK, child.exitCode(), child.messages());
    assertEquals(Files.size(in), Files.size(to.resolve(in.getFileName())));
  }
}
