// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceTest {

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

  @Test
  void aModelThatEndsTooEarlyIsRefused() {
    byte[] whole = pieceOf("abc");
    for (int length = 1; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(IllegalArgumentException.class, () -> new SentencePiece(part), "at " + length);
    }
  }
}
