// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PartFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Compression.class)
  void interruptionsLeaveNoTrace(Compression compression) throws Exception {
    byte[][] records = records(50_000);
    byte[] calm = write(folder.resolve("calm"), compression, records, new Random(1), 0);
    byte[] disturbed = write(folder.resolve("disturbed"), compression, records, new Random(1), 8);

    assertArrayEquals(calm, disturbed);
    byte[] content = Codec.open(compression, new ByteArrayInputStream(disturbed)).readAllBytes();
    assertArrayEquals(join(records), content);
    if (compression != Compression.NONE) {
      assertTrue(content.length > 2 * PartFile.MEMBER, "not enough for several members");
      assertOtherProgramReads(compression, disturbed, content);
    }
  }

  /** Asserts what is in a compressed file by the usual program, as a second source. */
  private void assertOtherProgramReads(Compression compression, byte[] compressed, byte[] content)
      throws Exception {
    String program =
        switch (compression) {
          case GZ -> "gzip";
          case BZ2 -> "bzip2";
          case XZ -> "xz";
          default -> "zstd";
        };
    boolean there =
        Files.exists(Path.of("/usr/bin", program)) || Files.exists(Path.of("/bin", program));
    Assumptions.assumeTrue(there, "skipped: there is no " + program + " here");
    Path in = Files.write(folder.resolve("compressed"), compressed);
    Path out = folder.resolve("content");
    Process process =
        new ProcessBuilder(program, "-dc")
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .start();
    assertEquals(0, process.waitFor());
    assertArrayEquals(content, Files.readAllBytes(out));
  }

  private static byte[] write(
      Path file, Compression compression, byte[][] records, Random random, int interruptions)
      throws IOException {
    PartFile part = PartFile.open(file, compression, PartFile.Mark.START);
    PartFile.Mark mark = PartFile.Mark.START;
    int safe = 0;
    int left = interruptions;
    for (int i = 0; i < records.length; i++) {
      part.write(records[i]);
      int chance = random.nextInt(1_000);
      if (chance == 0) {
        mark = part.sync();
        safe = i + 1;
      } else if (chance == 1 && left > 0) { // what was written after the mark is lost
        left--;
        part.close();
        part = PartFile.open(file, compression, mark);
        i = safe - 1;
      }
    }
    part.complete();
    assertTrue(interruptions == 0 || left < interruptions / 2, "hardly ever interrupted");
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void anEmptyTextIsAFileThatCanBeRead(Compression compression) throws IOException {
    PartFile part = PartFile.open(folder.resolve("empty"), compression, PartFile.Mark.START);
    part.complete();
    byte[] bytes = Files.readAllBytes(folder.resolve("empty"));
    assertEquals(0, Codec.open(compression, new ByteArrayInputStream(bytes)).readAllBytes().length);
  }

  @Test
  void aFileThatIsNotWhatTheMarkSaysIsRefused() throws IOException {
    Path file = folder.resolve("file");
    PartFile.Mark mark;
    try (PartFile part = PartFile.open(file, Compression.NONE, PartFile.Mark.START)) {
      part.write("abc\n".getBytes(StandardCharsets.UTF_8));
      mark = part.sync();
    }
    Files.writeString(file, "abX\n");
    assertThrows(BatchException.class, () -> PartFile.open(file, Compression.NONE, mark));
    Files.writeString(file, "ab");
    assertThrows(BatchException.class, () -> PartFile.open(file, Compression.NONE, mark));
  }

  private static byte[][] records(int count) {
    Random random = new Random(3);
    byte[][] records = new byte[count][];
    for (int i = 0; i < count; i++) {
      String text = i + " " + Long.toString(random.nextLong(), 36).repeat(3) + "\n";
      records[i] = text.getBytes(StandardCharsets.UTF_8);
    }
    return records;
  }

  private static byte[] join(byte[][] records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] record : records) {
      out.writeBytes(record);
    }
    return out.toByteArray();
  }
}
