// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.zip;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ByteSource;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.Placeholder;
import dev.dragoman.text.OneLine;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * A zip archive whose table of contents has been checked: no name leaves the archive or comes
 * twice, nothing is a link, and it does not unpack to far more than its own size. Entries that are
 * only stored are mapped, others are unpacked to memory, and the checksum of each is compared when
 * it is opened.
 */
public final class ZipArchive implements Closeable {

  /** Weights hardly become smaller and text about four times; bombs unpack to a thousandfold. */
  private static final long MOST_EXPANSION = 100;

  private static final int MOST_ENTRIES = 100_000;

  private final Path file;
  private final SeekableByteChannel channel;
  private final ZipFile zip;
  private final Map<String, ZipArchiveEntry> entries;
  private final SortedMap<String, SortedSet<String>> filesOfFolders;

  private ZipArchive(
      Path file, SeekableByteChannel channel, ZipFile zip, Map<String, ZipArchiveEntry> entries) {
    this.file = file;
    this.channel = channel;
    this.zip = zip;
    this.entries = entries;
    this.filesOfFolders = byFolder(entries.keySet());
  }

  /** Groups names by the folders before them, which end with a slash. */
  private static SortedMap<String, SortedSet<String>> byFolder(Set<String> names) {
    SortedMap<String, SortedSet<String>> folders = new TreeMap<>();
    for (String name : names) {
      int end = name.lastIndexOf('/') + 1;
      folders
          .computeIfAbsent(name.substring(0, end), folder -> new TreeSet<>())
          .add(name.substring(end));
    }
    return folders;
  }

  /**
   * Opens an archive on disk.
   *
   * @throws ModelFormatException if it is broken or dangerous
   */
  public static ZipArchive open(Path file) {
    try {
      return open(file, ModelFiles.open(file));
    } catch (IOException e) {
      throw ModelFiles.unreadable(file, e);
    }
  }

  /** Opens an archive that is itself somewhere in a folder. */
  public static ZipArchive open(ModelFolder folder, String name) {
    if (folder instanceof DirectoryFolder) {
      return open(folder.file(name));
    }
    try (ByteSource source = folder.open(name)) {
      ByteBuffer all = source.at(0, Math.toIntExact(source.size()));
      byte[] bytes = new byte[all.remaining()];
      all.get(bytes);
      return open(folder.file(name), new SeekableInMemoryByteChannel(bytes));
    } catch (IOException | ArithmeticException e) {
      throw broken(folder.file(name), e);
    }
  }

  private static ZipArchive open(Path file, SeekableByteChannel channel) {
    try {
      // The library throws what it happens to run into when an archive is broken.
      ZipFile zip = ZipFile.builder().setSeekableByteChannel(channel).get();
      return new ZipArchive(file, channel, zip, check(file, zip, channel.size()));
    } catch (IOException | RuntimeException e) {
      closeAfter(channel, e);
      throw e instanceof ModelFormatException refusal ? refusal : broken(file, e);
    }
  }

  private static Map<String, ZipArchiveEntry> check(Path file, ZipFile zip, long archiveSize) {
    Map<String, ZipArchiveEntry> entries = new TreeMap<>();
    long unpacked = 0;
    for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
      String name = entry.getName();
      if (leaves(name)) {
        throw wrong(file, name, "has a name that leads out of the archive");
      }
      if (entry.isUnixSymlink()) {
        throw wrong(file, name, "is a link");
      }
      if (entries.put(name, entry) != null) {
        throw wrong(file, name, "is there twice");
      }
      unpacked += Math.max(0, entry.getSize());
      if (unpacked < 0 || unpacked / MOST_EXPANSION > archiveSize) {
        throw wrong(
            file,
            name,
            "makes the archive unpack to more than %d times its size".formatted(MOST_EXPANSION));
      }
      if (entries.size() > MOST_ENTRIES) {
        throw new ModelFormatException(file + ": more than " + MOST_ENTRIES + " entries");
      }
    }
    entries.values().removeIf(ZipArchiveEntry::isDirectory);
    return entries;
  }

  private static boolean leaves(String name) {
    return name.isEmpty()
        || name.startsWith("/")
        || name.matches("(?s)[A-Za-z]:.*")
        || name.indexOf('\\') >= 0
        || name.indexOf('\0') >= 0
        || Arrays.asList(name.split("/")).contains("..");
  }

  /** Returns the archive, for messages. */
  public Path file() {
    return file;
  }

  /** Returns the names of all files in it, with the folders they are in. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** Returns the folders that hold files, the uppermost first. */
  public List<ZipFolder> folders() {
    return filesOfFolders.keySet().stream().map(prefix -> new ZipFolder(this, prefix)).toList();
  }

  /** Returns the names of the files of a folder; none if there is no such folder. */
  Set<String> files(String prefix) {
    return Collections.unmodifiableSet(filesOfFolders.getOrDefault(prefix, new TreeSet<>()));
  }

  /** Returns the number of bytes of all files in it, unpacked. */
  public long unpackedSize() {
    return entries.values().stream().mapToLong(ZipArchiveEntry::getSize).sum();
  }

  /**
   * Opens a file in the archive.
   *
   * @throws ModelFormatException if it is missing, broken, or too large for Java's memory
   */
  public ByteSource open(String name) {
    ZipArchiveEntry entry = entries.get(name);
    if (entry == null) {
      throw wrong(file, name, "is missing");
    }
    try {
      ByteSource bytes =
          channel instanceof FileChannel disk && entry.getMethod() == ZipArchiveEntry.STORED
              ? ByteSource.of(stored(disk, entry))
              : ByteSource.of(unpack(entry));
      Optional<String> placeholder =
          Placeholder.in(bytes, other -> entries.containsKey(beside(name, other)));
      if (placeholder.isPresent()) {
        throw wrong(file, name, placeholder.get());
      }
      return bytes;
    } catch (IOException | RuntimeException e) {
      if (e instanceof ModelFormatException refusal) {
        throw refusal;
      }
      throw new ModelFormatException(
          message(file, name, "is damaged: " + OneLine.of(e.getMessage())), e);
    }
  }

  private static String beside(String name, String other) {
    return Path.of(name).resolveSibling(other).normalize().toString();
  }

  private ByteBuffer stored(FileChannel disk, ZipArchiveEntry entry) throws IOException {
    int size = size(entry);
    zip.getRawInputStream(entry).close(); // finds out where the data begins
    long begin = entry.getDataOffset();
    if (begin < 0 || begin > disk.size() - size) {
      throw wrong(file, entry.getName(), "lies outside the archive");
    }
    ByteBuffer bytes = disk.map(FileChannel.MapMode.READ_ONLY, begin, size);
    ZipChecksum.compare(file, entry, bytes);
    return bytes;
  }

  private ByteBuffer unpack(ZipArchiveEntry entry) throws IOException {
    int size = size(entry);
    ModelFiles.requireMemory(file, size);
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(size);
      if (bytes.length < size || in.read() >= 0) {
        throw wrong(file, entry.getName(), "does not unpack to the " + size + " bytes it claims");
      }
      ByteBuffer content = ByteBuffer.wrap(bytes);
      ZipChecksum.compare(file, entry, content);
      return content;
    }
  }

  private int size(ZipArchiveEntry entry) {
    long size = entry.getSize();
    if (size < 0 || size > Integer.MAX_VALUE - 8) {
      throw wrong(file, entry.getName(), "has " + size + " bytes; at most 2 GB are supported");
    }
    return (int) size;
  }

  private static void closeAfter(SeekableByteChannel channel, Exception problem) {
    try {
      channel.close();
    } catch (IOException e) {
      problem.addSuppressed(e);
    }
  }

  private static ModelFormatException broken(Path file, Exception problem) {
    Throwable cause = problem; // the library wraps it, in the name of a class of Java's
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new ModelFormatException(
        file + " is not a zip archive that can be read: " + OneLine.of(cause.getMessage()),
        problem);
  }

  private static ModelFormatException wrong(Path file, String name, String what) {
    return new ModelFormatException(message(file, name, what));
  }

  private static String message(Path file, String name, String what) {
    return "%s: entry %s %s".formatted(file, OneLine.of(name), what);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
