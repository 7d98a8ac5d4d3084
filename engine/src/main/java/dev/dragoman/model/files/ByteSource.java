// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** The bytes of a file, wherever they lie. What was taken stays usable after it is closed. */
public interface ByteSource extends Closeable {

  /** Returns how many bytes there are. */
  long size();

  /**
   * Reads {@code count} bytes from {@code position} on, little-endian.
   *
   * @throws IOException if they cannot be read, or end before
   */
  ByteBuffer at(long position, int count) throws IOException;

  /** Takes bytes that are in memory already. */
  static ByteSource of(ByteBuffer bytes) {
    return new InMemory(bytes);
  }

  /** Takes a file: few bytes are read, many are mapped. */
  static ByteSource of(FileChannel channel) throws IOException {
    return new Mapped(channel, channel.size());
  }

  /** Bytes in memory. */
  record InMemory(ByteBuffer bytes) implements ByteSource {
    @Override
    public long size() {
      return bytes.limit();
    }

    @Override
    public ByteBuffer at(long position, int count) throws IOException {
      if (position < 0 || count < 0 || position + count > size()) {
        throw new IOException("it ends before byte " + (position + count));
      }
      return bytes.slice((int) position, count).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {}
  }

  /** Bytes of a file on disk. */
  record Mapped(FileChannel channel, long size) implements ByteSource {

    private static final int LEAST_TO_MAP = 1 << 14;

    @Override
    public ByteBuffer at(long position, int count) throws IOException {
      if (position < 0 || count < 0 || position + count > size) {
        throw new IOException("it ends before byte " + (position + count));
      }
      if (count >= LEAST_TO_MAP) {
        return channel.map(MapMode.READ_ONLY, position, count).order(ByteOrder.LITTLE_ENDIAN);
      }
      return ModelFiles.bytes(channel, position, count);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
