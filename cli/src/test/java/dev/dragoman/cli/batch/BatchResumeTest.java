// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that go on, and those that refuse to. */
final class BatchResumeTest extends BatchCommandFixture {
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
    assertRefused(batch(in, "--shortlist", "model"), "--shortlist was none and is now model");
    Path words = Files.writeString(folder.resolve("vmap.txt"), "a\tb\n");
    assertRefused(batch(in, "--shortlist", words), "--shortlist was none and is now SHA-256 ");
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

  @Test
  void invisibleMarksAreDroppedInAJobThatSaysSo() throws IOException {
    Path file = write("a.txt", "a\u00adb\nb\ndie\n");
    batch(file);
    assertRefused(batch(file, "--invisible", "drop"), "--invisible was not given and is now drop");

    batch(file, "--restart", "--invisible", "drop");
    assertOneLine(batch(file), "--invisible was drop and is now not given");
    assertEquals("AB\nB\n", Files.readString(out.resolve(".dragoman/job/parts/0")));
  }

  @Test
  void aCheckpointThatIsDamagedIsNamed() throws IOException {
    Path file = write("a.txt", "a\ndie\n");
    batch(file);
    Path part = out.resolve(".dragoman/job/parts/0");
    assertEquals("A\n", Files.readString(part));
    Files.writeString(part, "X\n");
    assertOneLine(batch(file), part + " is not as the journal has it", "goes on with");
    Files.writeString(out.resolve(".dragoman/job/progress.json"), "{");
    assertOneLine(
        batch(file),
        "progress.json: is not a journal that this program wrote; --restart begins anew: the object"
            + " is not closed\n");
    Files.writeString(out.resolve(".dragoman/job/progress.json"), "{\"records\":[]}");
    assertOneLine(batch(file), "begins anew: a value in it is missing, or of another kind than");
  }

  private static void assertRefused(CommandLineRun run, String reason) {
    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertTrue(run.err().contains(reason), run.err());
    assertTrue(run.err().contains("--restart begins anew"), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.backend().loaded().isEmpty());
  }
}
