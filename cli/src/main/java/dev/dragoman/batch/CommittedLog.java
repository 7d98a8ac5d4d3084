// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of JSON lines that only grows. How much of it counts is said by the job's checkpoint; what
 * was written after that is forgotten when the job goes on.
 */
final class CommittedLog implements AutoCloseable {
  private final FileChannel channel;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private long bytes;

  private CommittedLog(FileChannel channel, long committed) {
    this.channel = channel;
    this.bytes = committed;
  }

  /**
   * Opens a log of which so many bytes count.
   *
   * @throws BatchException if it has fewer
   */
  static CommittedLog open(Path file, long committed) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.size() < committed) {
        throw BatchException.changed(file);
      }
      channel.truncate(committed).position(committed);
      return new CommittedLog(channel, committed);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Reads the bytes of a log that count.
   *
   * @throws BatchException if it has fewer
   */
  static byte[] read(Path file, long committed) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(Math.toIntExact(committed));
      if (content.length < committed) {
        throw BatchException.changed(file);
      }
      return content;
    }
  }

  /** Adds one line. */
  void add(Object line) throws IOException {
    buffer.writeBytes(Json.line(line));
  }

  /** Makes all lines safe; says how many bytes they are. */
  long sync() throws IOException {
    if (buffer.size() > 0) {
      Durable.writeFully(channel, ByteBuffer.wrap(buffer.toByteArray()));
      bytes += buffer.size();
      buffer.reset();
      channel.force(true);
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
