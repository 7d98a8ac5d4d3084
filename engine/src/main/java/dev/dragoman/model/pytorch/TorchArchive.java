// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.pytorch;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.pytorch.PyTorchFile.Contents;
import dev.dragoman.model.pytorch.PyTorchFile.Region;
import dev.dragoman.model.zip.ZipChecksum;
import dev.dragoman.text.OneLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * PyTorch's container since version 1.6: a zip with {@code NAME/data.pkl} and {@code NAME/data/KEY}
 * for each storage, none of them compressed, so that they can be mapped where they lie.
 *
 * <p>Checksums are compared, which PyTorch itself does not do. It can be told to compute none; then
 * it writes 0 for every entry, and such a file is read unchecked.
 *
 * @see <a
 *     href="https://docs.pytorch.org/docs/stable/notes/serialization.html">save.compute_crc32</a>
 */
final class TorchArchive {

  /** The longest pickle: far more than a state dictionary's two hundred bytes for each tensor. */
  static final int LONGEST_PICKLE = 1 << 24;

  private static final String PICKLE = "/data.pkl";

  private final Path file;
  private final long size;
  private final Map<String, ZipArchiveEntry> entries = new HashMap<>();
  private long bytes;
  private int checksums;

  private TorchArchive(Path file, long size) {
    this.file = file;
    this.size = size;
  }

  static boolean isZip(FileChannel channel) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(2);
    return channel.read(start, 0) == 2 && start.get(0) == 'P' && start.get(1) == 'K';
  }

  /** Finds every entry and reads the pickle. */
  static Contents read(Path file, FileChannel channel) throws IOException {
    TorchArchive archive = new TorchArchive(file, channel.size());
    archive.list();
    String pickle = archive.pickle();
    String folder = pickle.substring(0, pickle.length() - PICKLE.length());
    archive.refuseBigEndian(channel, folder + "/byteorder");
    byte[] bytes = archive.bytes(channel, pickle);
    Map<String, Region> storages = new HashMap<>();
    String prefix = folder + "/data/";
    for (String name : archive.entries.keySet()) {
      if (name.startsWith(prefix)) {
        storages.put(name.substring(prefix.length()), archive.region(channel, name));
      }
    }
    try {
      Object root = new TorchUnpickler().next(new ByteArrayInputStream(bytes));
      return new Contents(TorchUnpickler.tensors(root), storages);
    } catch (IOException | RuntimeException e) {
      throw TorchStream.broken(file, pickle, e);
    }
  }

  private void list() {
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      Enumeration<ZipArchiveEntry> all = zip.getEntries();
      while (all.hasMoreElements()) {
        add(all.nextElement());
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ModelFormatException(
          file + ": not a zip that can be read: " + OneLine.of(e.getMessage()), e);
    }
  }

  private void add(ZipArchiveEntry entry) {
    long begin = entry.getDataOffset();
    long length = entry.getSize();
    if (entry.getMethod() != ZipArchiveEntry.STORED || entry.getCompressedSize() != length) {
      throw wrong(entry.getName(), "is compressed, which PyTorch's are not");
    }
    if (begin < 0 || length < 0 || begin > size || length > size - begin) {
      throw wrong(entry.getName(), "does not lie in the file; it is truncated or broken");
    }
    if (entries.put(entry.getName(), entry) != null) {
      throw wrong(entry.getName(), "is there twice");
    }
    bytes += length;
    checksums += entry.getCrc() == 0 ? 0 : 1;
    if (bytes > size) {
      throw wrong(entry.getName(), "overlaps others"); // each would be summed up again
    }
  }

  private String pickle() {
    return entries.keySet().stream()
        .filter(
            name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length())
        .findFirst()
        .orElseThrow(
            () -> new ModelFormatException(file + ": a zip without data.pkl is not PyTorch's"));
  }

  private void refuseBigEndian(FileChannel channel, String name) throws IOException {
    if (entries.containsKey(name)
        && !new String(bytes(channel, name), StandardCharsets.UTF_8).equals("little")) {
      throw wrong(name, "is not little-endian");
    }
  }

  /** Finds an entry's bytes and checks that they are those that were packed. */
  private Region region(FileChannel channel, String name) throws IOException {
    ZipArchiveEntry entry = entries.get(name);
    if (checksums > 0) {
      ZipChecksum.compare(file, entry, channel);
    }
    return new Region(entry.getDataOffset(), entry.getSize());
  }

  private byte[] bytes(FileChannel channel, String name) throws IOException {
    long length = entries.get(name).getSize();
    if (length > LONGEST_PICKLE) {
      throw wrong(name, "has " + length + " bytes, too many for a state dictionary");
    }
    Region region = region(channel, name);
    return ModelFiles.bytes(channel, region.begin(), (int) region.length()).array();
  }

  private ModelFormatException wrong(String entry, String what) {
    return new ModelFormatException("%s: entry %s %s".formatted(file, OneLine.of(entry), what));
  }
}
