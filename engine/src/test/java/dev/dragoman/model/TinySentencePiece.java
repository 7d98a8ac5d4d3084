// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A SentencePiece model of five pieces, written as its protocol buffer; it loads at once. */
public final class TinySentencePiece {

  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;

  private TinySentencePiece() {}

  public static byte[] bytes() {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    piece(model, "<unk>", UNKNOWN);
    piece(model, "<s>", CONTROL);
    piece(model, "</s>", CONTROL);
    piece(model, "▁a", NORMAL);
    piece(model, "b", NORMAL);
    message(model, 2, new byte[] {3 << 3, 1}); // trainer_spec: model_type UNIGRAM
    ByteArrayOutputStream normalizer = new ByteArrayOutputStream();
    message(normalizer, 1, "identity".getBytes(StandardCharsets.UTF_8));
    message(model, 3, normalizer.toByteArray()); // normalizer_spec: name
    return model.toByteArray();
  }

  private static void piece(ByteArrayOutputStream model, String text, int type) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    message(piece, 1, text.getBytes(StandardCharsets.UTF_8));
    piece.write(2 << 3 | 5); // the score, four bytes
    piece.writeBytes(
        ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(-1).array());
    piece.write(3 << 3);
    piece.write(type);
    message(model, 1, piece.toByteArray());
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] content) {
    out.write(field << 3 | 2);
    out.write(content.length);
    out.writeBytes(content);
  }
}
