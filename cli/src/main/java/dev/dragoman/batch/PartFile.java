// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An output that is being written, from which a later run can go on with the same bytes.
 *
 * <p>A compressed one is made of members of {@link #MEMBER} bytes of content. The content of the
 * member that is not full yet lies beside it, uncompressed, in a tail file: so any record can be
 * the last before an interruption, and the members are the same whatever interrupted the work.
 */
final class PartFile implements AutoCloseable {
  /** Bytes of content after which a compressed member ends. */
  static final int MEMBER = 1 << 20;

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Compression compression;
  private final FileChannel part;
  private final MessageDigest digest = Hashing.sha256();
  private final byte[] content;
  private int filled;
  private final List<Path> oldTails = new ArrayList<>();
  private long partBytes;
  private int member;
  private FileChannel tail;
  private int tailBytes;

  /**
   * How much of an output is safe.
   *
   * @param bytes of the part file
   * @param sha256 of these
   * @param member number of the one that is not full yet
   * @param tail bytes of its content
   */
  record Mark(long bytes, String sha256, int member, int tail) {
    /** The mark of an output that has not been begun. */
    static final Mark START = new Mark(0, Hashing.hex(Hashing.sha256().digest()), 0, 0);
  }

  /** What a complete output is. */
  record Complete(long bytes, String sha256) {}

  private PartFile(Path file, Compression compression, FileChannel part) {
    this.file = file;
    this.compression = compression;
    this.part = part;
    this.content = new byte[compression == Compression.NONE ? BUFFER : MEMBER];
  }

  /**
   * Goes on where a mark says; what was written after it is forgotten.
   *
   * @throws BatchException if what the mark promises is not there
   */
  static PartFile open(Path file, Compression compression, Mark mark) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    PartFile opened = new PartFile(file, compression, channel);
    try {
      opened.goOn(mark);
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void goOn(Mark mark) throws IOException {
    part.truncate(mark.bytes());
    Hashing.drain(Channels.newInputStream(part.position(0)), digest);
    partBytes = part.size();
    member = mark.member();
    if (partBytes != mark.bytes() || !Hashing.soFar(digest).equals(mark.sha256())) {
      throw BatchException.changed(file);
    }
    if (compression == Compression.NONE) {
      return;
    }
    Path tailFile = tailFile();
    if (mark.tail() > 0) {
      try (InputStream in = Files.newInputStream(tailFile)) {
        filled = in.readNBytes(content, 0, mark.tail());
      }
      if (filled != mark.tail()) {
        throw BatchException.changed(tailFile);
      }
    }
    tail = openTail(tailFile, mark.tail());
  }

  /** Appends bytes. */
  void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /** Appends some bytes of an array. */
  void write(byte[] bytes, int offset, int length) throws IOException {
    int written = 0;
    while (written < length) {
      int count = Math.min(content.length - filled, length - written);
      System.arraycopy(bytes, offset + written, content, filled, count);
      filled += count;
      written += count;
      if (filled == content.length) {
        flush();
      }
    }
  }

  /** Makes all that was written safe. */
  Mark sync() throws IOException {
    if (compression == Compression.NONE) {
      flush();
    } else if (filled > tailBytes) {
      Durable.writeFully(tail, ByteBuffer.wrap(content, tailBytes, filled - tailBytes));
      tailBytes = filled;
      tail.force(true);
    }
    part.force(true);
    Durable.forceDirectory(file.getParent());
    return new Mark(partBytes, Hashing.soFar(digest), member, tailBytes);
  }

  /** Ends the output; its bytes are safe then, but not yet under their final name. */
  Complete complete() throws IOException {
    if (filled > 0 || partBytes == 0) { // an empty text is one empty member
      append(Codec.compress(compression, Arrays.copyOf(content, filled)));
      filled = 0;
    }
    part.force(true);
    if (tail != null) {
      oldTails.add(tailFile());
    }
    close();
    return new Complete(partBytes, Hashing.soFar(digest));
  }

  private void flush() throws IOException {
    append(Codec.compress(compression, Arrays.copyOf(content, filled)));
    filled = 0;
    if (compression != Compression.NONE) {
      // The old tail stays until the job's checkpoint no longer needs it: see oldTails.
      tail.close();
      oldTails.add(tailFile());
      member++;
      tail = openTail(tailFile(), 0);
    }
  }

  /** Takes the tails that are not needed once the checkpoint has been saved again. */
  List<Path> oldTails() {
    List<Path> taken = List.copyOf(oldTails);
    oldTails.clear();
    return taken;
  }

  private FileChannel openTail(Path path, int bytes) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      channel.truncate(bytes).position(bytes);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    tailBytes = bytes;
    return channel;
  }

  private Path tailFile() {
    return file.resolveSibling(file.getFileName() + ".tail-" + member);
  }

  private void append(byte[] bytes) throws IOException {
    Durable.writeFully(part, ByteBuffer.wrap(bytes));
    digest.update(bytes);
    partBytes += bytes.length;
  }

  @Override
  public void close() throws IOException {
    try (part) {
      if (tail != null) {
        tail.close();
      }
    }
  }
}
