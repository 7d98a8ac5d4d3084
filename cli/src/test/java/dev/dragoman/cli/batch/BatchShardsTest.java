// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.Gzip;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts of a job, and how they are joined. */
final class BatchShardsTest extends BatchCommandFixture {
  @Test
  void sixteenShardsMergedAreOneRun() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      String line = (i % 89 == 0 ? "!" : "") + "a long line ".repeat(16) + i;
      text.append(i % 97 == 96 ? "no second column" : i + "," + line).append('\n');
    }
    write("a.txt", text.toString());
    Files.write(in.resolve("b.txt.gz"), Gzip.of(text.toString().repeat(6))); // more than a member
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
    Path log = out.resolve(".dragoman/shard-2-of-2/outputs.jsonl");
    Files.writeString(log, Files.readString(log).replace('{', '['));
    assertOneLine(merge(out), log + ": is not a journal that this program wrote");
    assertEquals(List.of(), outputs());
    Files.writeString(in.resolve("a.txt"), "a\nb\ndie\nd\n");
    batch(file, "--shard", "1/2", "--restart");
    batch(file, "--shard", "2/2", "--restart");
    assertOneLine(merge(out), "shard 2/2 is not finished");
    assertOneLine(batch(file), "holds another kind of job");
    assertOneLine(batch(file, "--shard", "1/3"), "holds another kind of job");
  }

  private static CommandLineRun merge(Path shards) {
    return CommandLineRun.of("", "batch", "merge", "--output-dir", shards.toString());
  }
}
