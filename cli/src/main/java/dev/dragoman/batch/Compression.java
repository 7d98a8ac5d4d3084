// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/**
 * How a file is compressed. In all of these formats several members, one after the other, are the
 * compressed form of their contents, one after the other.
 */
public enum Compression {
  /** The file is not compressed. */
  NONE(""),
  /** RFC 1952. */
  GZ(".gz"),
  /** RFC 8878. */
  ZST(".zst"),
  /** LZMA2 in the .xz format. */
  XZ(".xz"),
  /** bzip2. */
  BZ2(".bz2");

  private final String extension;

  Compression(String extension) {
    this.extension = extension;
  }

  /** Returns the compression that a name's end says. */
  static Compression of(String name) {
    for (Compression compression : values()) {
      if (compression != NONE && name.endsWith(compression.extension)) {
        return compression;
      }
    }
    return NONE;
  }

  /** Returns the name without this compression's extension. */
  String strip(String name) {
    return name.endsWith(extension) ? name.substring(0, name.length() - extension.length()) : name;
  }

  /** Returns the extension with its dot, which is empty for {@link #NONE}. */
  String extension() {
    return extension;
  }
}
