// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Compressed text. */
public final class Gzip {

  private Gzip() {}

  /** Compresses a text in UTF-8. */
  public static byte[] of(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream to = new GZIPOutputStream(bytes)) {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
