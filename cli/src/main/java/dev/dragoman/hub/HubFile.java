// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A file of a model, as the hub describes it.
 *
 * @param name without any folder
 * @param size in bytes
 * @param hash which is also its name in the cache
 * @param kind of hash
 */
public record HubFile(String name, long size, String hash, Kind kind) {

  /** How a file's hash is made. */
  public enum Kind {
    /** SHA-256 of the content: large files. */
    SHA256("SHA-256", 64),
    /** Git's own, SHA-1 of a header and the content: small files. */
    GIT("SHA-1", 40);

    private final String algorithm;
    private final int digits;

    Kind(String algorithm, int digits) {
      this.algorithm = algorithm;
      this.digits = digits;
    }
  }

  /** Refuses what could not be a name in the cache. */
  public HubFile {
    if (size < 0 || !hash.matches("[0-9a-f]{" + kind.digits + "}")) {
      throw new IllegalArgumentException(name + " has size " + size + " and hash " + hash);
    }
  }

  /** Returns a digest that is ready for the content. */
  MessageDigest digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance(kind.algorithm);
      if (kind == Kind.GIT) {
        digest.update(("blob " + size + "\0").getBytes(StandardCharsets.UTF_8));
      }
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + kind.algorithm, e);
    }
  }
}
