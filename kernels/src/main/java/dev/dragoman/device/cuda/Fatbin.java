// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The kernels as nvcc compiled them for all architectures, a resource of this program.
 *
 * @param image what the driver takes
 * @param sources SHA-256 of the sources that it was made from, as its build recorded it
 */
record Fatbin(byte[] image, String sources) {
  private static final String NAME = "kernels.fatbin";

  /**
   * The magic number that a fat binary begins with; version, header size and the bytes that follow
   * the header come next.
   */
  private static final int MAGIC = 0xba55ed50;

  private static final int HEADER_BYTES = 16;

  /**
   * Reads the resource.
   *
   * @throws CudaFailure if it is missing or damaged
   */
  static Fatbin load() {
    try (InputStream image = Fatbin.class.getResourceAsStream(NAME);
        InputStream sources = Fatbin.class.getResourceAsStream(NAME + ".sha256")) {
      return of(
          Optional.ofNullable(image).orElseThrow(Fatbin::missing).readAllBytes(),
          Optional.ofNullable(sources).orElseThrow(Fatbin::missing).readAllBytes());
    } catch (IOException e) {
      throw damaged("it cannot be read", e);
    }
  }

  /** Checks what was read, as a driver may crash on an image that is cut short. */
  static Fatbin of(byte[] image, byte[] sources) {
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (image.length < HEADER_BYTES || header.getInt(0) != MAGIC) {
      throw damaged("it is no fat binary", null);
    }
    long bytes = Short.toUnsignedInt(header.getShort(6)) + header.getLong(8);
    if (bytes != image.length) {
      throw damaged("it has " + image.length + " bytes, not " + bytes, null);
    }
    return new Fatbin(image, new String(sources, StandardCharsets.UTF_8).strip());
  }

  /** Returns the SHA-256 of the image. */
  String hash() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static CudaFailure missing() {
    return new CudaFailure(
        "the kernels are not in this program (" + NAME + "): build or unpack it again");
  }

  private static CudaFailure damaged(String how, Throwable cause) {
    return new CudaFailure(
        "the kernels are damaged (" + NAME + ": " + how + "): build or unpack the program again",
        cause);
  }
}
