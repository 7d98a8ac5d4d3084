// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.Hang;
import dev.dragoman.model.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long LIMIT = 100L << 20;

  /** Returns a piece of this text and score 0, which is field 1 of the model. */
  private static byte[] pieceOf(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer piece = ByteBuffer.allocate(4 + bytes.length);
    piece.put((byte) 0x0a).put((byte) (2 + bytes.length));
    return piece.put((byte) 0x0a).put((byte) bytes.length).put(bytes).array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0", "a\0b"})
  void aPieceThatWouldEndTheProcessIsRefused(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new SentencePiece(pieceOf(text)))
            .getMessage();
    assertEquals("not a SentencePiece model: piece 0 is empty or holds a NUL", message);
  }

  /** All the models together would take more than twice the limit. */
  @Test
  @Timeout(value = Hang.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aModelThatNobodyNeedsTakesNoMemory() throws IOException {
    assumeTrue(Files.exists(STATUS), "skipped: the system does not tell a process's memory");
    byte[] model = Files.readAllBytes(TinyModel.ROOT.resolve("models/fr-en/source.spm"));
    use(model, 10);
    long before = residentBytes();
    for (int round = 0; round < 15; round++) {
      use(model, 10);
      System.gc();
    }
    long more = residentBytes() - before;
    assertTrue(more < LIMIT, more + " bytes");
  }

  private static void use(byte[] model, int times) {
    for (int i = 0; i < times; i++) {
      assertEquals(List.of("▁le"), new SentencePiece(model).pieces("le"));
    }
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  @Test
  void aModelThatEndsTooEarlyIsRefused() {
    byte[] whole = pieceOf("abc");
    for (int length = 1; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(IllegalArgumentException.class, () -> new SentencePiece(part), "at " + length);
    }
  }
}
