// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes zip archives for tests. */
public final class ZipBytes {

  private ZipBytes() {}

  /** Returns an archive of compressed entries, as packages are. */
  public static byte[] deflated(Map<String, byte[]> entries) throws IOException {
    return zip(entries, ZipEntry.DEFLATED);
  }

  /** Returns an archive of entries that are not compressed, as weights are. */
  public static byte[] stored(Map<String, byte[]> entries) throws IOException {
    return zip(entries, ZipEntry.STORED);
  }

  /** Returns an archive whose one entry, of this name, is no model's. */
  public static byte[] withEntry(String name) throws IOException {
    return deflated(Map.of(name, new byte[9]));
  }

  /** Returns an archive in which two entries have one name. */
  public static byte[] withEntryTwice() throws IOException {
    Map<String, byte[]> two = new LinkedHashMap<>();
    two.put("a.npy", new byte[9]);
    two.put("b.npy", new byte[9]);
    return renamed(stored(two), "b.npy", "a.npy");
  }

  /** Returns an archive whose entry is far larger than what it takes to store it. */
  public static byte[] bomb() throws IOException {
    return deflated(Map.of("a.npy", new byte[20_000_000]));
  }

  private static byte[] zip(Map<String, byte[]> entries, int method) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setMethod(method);
        entry.setSize(file.getValue().length);
        CRC32 sum = new CRC32();
        sum.update(file.getValue());
        entry.setCrc(sum.getValue());
        if (method == ZipEntry.STORED) {
          entry.setCompressedSize(file.getValue().length);
        }
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  /**
   * Returns the same archive with one name put for another of the same length, wherever it stands.
   */
  public static byte[] renamed(byte[] zip, String name, String other) {
    byte[] from = name.getBytes(StandardCharsets.UTF_8);
    byte[] to = other.getBytes(StandardCharsets.UTF_8);
    byte[] changed = zip.clone();
    for (int i = 0; i + from.length <= zip.length; i++) {
      if (Arrays.equals(zip, i, i + from.length, from, 0, from.length)) {
        System.arraycopy(to, 0, changed, i, to.length);
      }
    }
    return changed;
  }
}
