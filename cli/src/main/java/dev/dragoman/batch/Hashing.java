// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Computes SHA-256 hashes of bytes, streams and models. */
public final class Hashing {
  private static final int BUFFER = 1 << 16;

  private Hashing() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** Returns the digest of what was put in so far, which goes on. */
  static String soFar(MessageDigest digest) {
    try {
      return hex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e); // the JDK's can be
    }
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** Puts all that is left of a stream in. */
  static void drain(InputStream in, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      digest.update(buffer, 0, length);
    }
  }

  /**
   * Hashes a model: the names and contents of all its files, except texts about it.
   *
   * @param model a folder or a file
   */
  public static String ofModel(Path model) throws IOException {
    MessageDigest digest = sha256();
    List<Path> files;
    try (Stream<Path> tree = Files.walk(model, FileVisitOption.FOLLOW_LINKS)) {
      files = tree.filter(Files::isRegularFile).filter(Hashing::isModelFile).sorted().toList();
    }
    for (Path file : files) {
      digest.update(model.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      try (InputStream in = Files.newInputStream(file)) {
        drain(in, digest);
      }
    }
    return hex(digest.digest());
  }

  private static boolean isModelFile(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && !name.endsWith(".md") && !name.startsWith("license");
  }
}
