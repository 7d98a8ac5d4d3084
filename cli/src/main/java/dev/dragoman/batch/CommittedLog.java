// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

  private CommittedLog(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens a log of which so many bytes count. */
  static CommittedLog open(Path file, long committed) throws IOException {
    CommittedLog log =
        new CommittedLog(
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    if (log.channel.size() < committed) {
      log.close();
      throw new BatchException(
          file
              + " is not as the journal has it: it was changed or lost; the setting restart=true begins anew");
    }
    log.channel.truncate(committed).position(committed);
    log.bytes = committed;
    return log;
  }

  /** Adds one line. */
  void add(Object line) throws IOException {
    buffer.writeBytes(Json.line(line));
  }

  /** Makes all lines safe; says how many bytes they are. */
  long sync() throws IOException {
    if (buffer.size() > 0) {
      ByteBuffer content = ByteBuffer.wrap(buffer.toByteArray());
      while (content.hasRemaining()) {
        channel.write(content);
      }
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
