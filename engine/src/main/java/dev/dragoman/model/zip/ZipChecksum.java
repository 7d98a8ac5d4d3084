// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.zip;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * Compares what an archive's entry holds with its CRC-32 in the table of contents. The library does
 * not: it unpacks to whatever comes, and what is only stored we map ourselves.
 */
public final class ZipChecksum {

  /** A mapping holds at most 2 GB; an entry may be larger. */
  private static final long MOST_MAPPED = 1 << 30;

  private ZipChecksum() {}

  /**
   * Compares an entry's bytes, unpacked.
   *
   * @throws ModelFormatException if they are not what was packed
   */
  public static void compare(Path archive, ZipArchiveEntry entry, ByteBuffer content) {
    CRC32 sum = new CRC32();
    sum.update(content.duplicate());
    compare(archive, entry, sum);
  }

  /**
   * Compares an entry that is only stored.
   *
   * @throws ModelFormatException if its bytes are not what was packed
   */
  public static void compare(Path archive, ZipArchiveEntry entry, FileChannel channel)
      throws IOException {
    CRC32 sum = new CRC32();
    long end = entry.getDataOffset() + entry.getSize();
    for (long at = entry.getDataOffset(); at < end; at += MOST_MAPPED) {
      sum.update(channel.map(MapMode.READ_ONLY, at, Math.min(MOST_MAPPED, end - at)));
    }
    compare(archive, entry, sum);
  }

  private static void compare(Path archive, ZipArchiveEntry entry, CRC32 sum) {
    if (sum.getValue() != entry.getCrc()) {
      throw new ModelFormatException(
          "%s: entry %s is damaged (CRC-32 differs); get the file again"
              .formatted(archive, OneLine.of(entry.getName())));
    }
  }
}
