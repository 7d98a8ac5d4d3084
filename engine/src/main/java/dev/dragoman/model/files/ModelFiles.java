// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.IoProblem;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** What the readers of all formats need to open a file and to say what is wrong with it. */
public final class ModelFiles {

  /** The most bytes of a file that is not weights: vocabularies, options, tokenizers. */
  public static final long LONGEST_TEXT = 1 << 28;

  /** The share of the memory that Java may take which one file may take. */
  private static final double SHARE_OF_MEMORY = 0.7;

  private ModelFiles() {}

  /**
   * Opens a file for reading. Every reader gets its files here or from a {@link ModelFolder}, so
   * that a file that was never fetched is called that, whatever its format.
   *
   * @throws ModelFormatException if it is missing, a directory, or something in its place
   */
  public static FileChannel open(Path file) throws IOException {
    requireFile(file);
    FileChannel channel = FileChannel.open(file);
    try {
      Optional<String> placeholder =
          Placeholder.in(
              ByteSource.of(channel), name -> Files.isRegularFile(file.resolveSibling(name)));
      if (placeholder.isPresent()) {
        throw new ModelFormatException(file + " " + placeholder.get());
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void requireFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new ModelFormatException(
          Files.isSymbolicLink(file)
              ? "%s is a symbolic link to %s, which is missing"
                  .formatted(file, Files.readSymbolicLink(file))
              : file + " is missing");
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(file + " is not a file");
    }
  }

  /** Returns whether something is there under this name, be it a link to nothing. */
  public static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns what messages call a model: its folder's name, but {@code org/name} in the hub's cache,
   * where folders are called {@code models--org--name/snapshots/COMMIT}.
   */
  public static String modelName(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    String name = String.valueOf(path.getFileName());
    int names = path.getNameCount();
    if (names >= 3 && path.getName(names - 2).toString().equals("snapshots")) {
      String[] parts = path.getName(names - 3).toString().split("--", -1);
      if (parts.length == 3 && parts[0].equals("models")) {
        return parts[1] + "/" + parts[2];
      }
    }
    return name;
  }

  /** Reads all bytes of a file that is not weights. */
  public static byte[] bytes(Path file) {
    try (ByteSource source = ByteSource.of(open(file))) {
      return bytes(file, source);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Reads all bytes of a file that is not weights, wherever they lie. */
  public static byte[] bytes(Path file, ByteSource source) throws IOException {
    if (source.size() > LONGEST_TEXT) {
      throw new ModelFormatException(
          "%s has %d bytes; at most %d are supported".formatted(file, source.size(), LONGEST_TEXT));
    }
    byte[] all = new byte[(int) source.size()];
    source.at(0, all.length).get(all);
    return all;
  }

  /**
   * Reads a part of a file into memory.
   *
   * @return {@code count} bytes from {@code position} on, little-endian, with an array behind them
   * @throws IOException if the file ends before
   */
  public static ByteBuffer bytes(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("it became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  /**
   * Refuses what cannot be read into memory, before it is tried.
   *
   * @throws ModelFormatException if Java may not take so many bytes
   */
  public static void requireMemory(Path file, long bytes) {
    long most = (long) (Runtime.getRuntime().maxMemory() * SHARE_OF_MEMORY);
    if (bytes > most) {
      throw new ModelFormatException(
          "%s needs %d MiB of memory, but Java may take only %d: give it more (-Xmx)"
              .formatted(file, bytes >> 20, most >> 20));
    }
  }

  /** Makes the refusal of a file that the system does not give, or that ends while it is read. */
  public static ModelFormatException unreadable(Path file, IOException cause) {
    String reason =
        cause instanceof NoSuchFileException ? "it is missing" : IoProblem.reason(cause);
    return new ModelFormatException(file + " cannot be read: " + OneLine.of(reason), cause);
  }
}
