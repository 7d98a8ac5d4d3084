// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputTest {
  @TempDir private Path folder;

  @Test
  void theFileIsReplacedAtTheEndAndKeepsItsPermissions() throws IOException {
    Path file = Files.writeString(folder.resolve("out.txt"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));

    CommandLineRun run = CommandLineRun.of("a\nb", "translate", "-o", file.toString());

    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    assertEquals("A\nB", Files.readString(file));
    assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(List.of("out.txt"), names());
    assertEquals("", run.out());
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path file = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    CommandLineRun.of("a\n", "translate", "-o", link.toString());

    assertTrue(Files.isSymbolicLink(link));
    assertEquals("A\n", Files.readString(file));
  }

  @Test
  void aFailureLeavesTheOldFileAndSaysWhereTheSafeLinesAre() throws IOException {
    Path file = Files.writeString(folder.resolve("out.txt"), "old");
    Path input = Files.writeString(folder.resolve("in"), "line\n".repeat(20_000) + "die\n");

    CommandLineRun run =
        CommandLineRun.of("", "translate", "-o", file.toString(), input.toString());

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertEquals("old", Files.readString(file));
    Path partial = folder.resolve("out.txt.partial");
    String kept = Files.readString(partial);
    long lines = kept.lines().count();
    assertEquals("LINE\n".repeat((int) lines), kept);
    assertTrue(lines > 0, "none of the lines is safe");
    String safe = String.format("the first %,d lines are safe in %s", lines, partial);
    assertTrue(run.err().contains("the fake died"), run.err());
    assertTrue(run.err().contains(safe), run.err());
  }

  @Test
  void aFailureBeforeTheFirstLineLeavesNothing() throws IOException {
    Path file = folder.resolve("out.txt");

    CommandLineRun run = CommandLineRun.of("die\n", "translate", "-o", file.toString());

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertEquals(List.of(), names());
  }

  @Test
  void wrongUsageLeavesNothing() throws IOException {
    Path file = folder.resolve("out.txt");

    CommandLineRun run =
        CommandLineRun.of("a\n", "translate", "--source-lang", "fr", "-o", file.toString());

    assertEquals(ExitCode.USAGE, run.exitCode(), run.err());
    assertEquals(List.of(), names());
  }

  @Test
  void refusesToWriteOverAnInput() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "a\n");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    CommandLineRun run = CommandLineRun.of("", "translate", file.toString(), "-o", link.toString());

    assertEquals(ExitCode.USAGE, run.exitCode());
    assertEquals("a\n", Files.readString(file));
    assertTrue(run.err().contains("is one of the inputs"), run.err());
  }

  @Test
  void aFolderThatIsMissingIsNamedBeforeTheModelIsLoaded() {
    CommandLineRun run =
        CommandLineRun.of("a\n", "translate", "-o", folder.resolve("no/out").toString());

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().contains(folder.resolve("no").toString()), run.err());
    assertTrue(run.backend().loaded().isEmpty());
  }

  @Test
  void aFullDiskIsAFailureThatSaysHowManyLinesAreSafe() {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full here");

    CommandLineRun run = CommandLineRun.of("a\n", "translate", "-o", "/dev/full");

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().startsWith("dragoman: /dev/full: No space left on device"), run.err());
    assertTrue(run.err().contains("no line was written"), run.err());
  }

  @Test
  void aClosedPipeIsAFailureThatSaysHowManyLinesAreSafe() {
    byte[] in = "line\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);

    CommandLineRun run =
        CommandLineRun.between(
            new ByteArrayInputStream(in), new ClosingPipe(2), "translate", "--quiet");

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(
        run.err()
            .matches(
                "dragoman: standard output: Broken pipe; the first [0-9,]+ lines were written\n"),
        run.err());
    assertFalse(run.err().contains("\tat "));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Takes some writes and then has no reader any more. */
  private static final class ClosingPipe extends OutputStream {
    private int writes;

    ClosingPipe(int writes) {
      this.writes = writes;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (writes-- == 0) {
        throw new IOException("Broken pipe");
      }
    }
  }
}
