// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import java.util.concurrent.atomic.AtomicLong;

/** A piece of native memory that intermediate results pass through. */
final class Staging implements AutoCloseable {
  private final AtomicLong bytesHeld;
  private AlignedMemory memory = AlignedMemory.bytes(0);

  /**
   * Makes an empty one.
   *
   * @param bytesHeld counts what it takes
   */
  Staging(AtomicLong bytesHeld) {
    this.bytesHeld = bytesHeld;
  }

  /** Makes room for so many bytes; what lay there before is lost when it has to grow. */
  AlignedMemory reserve(long bytes) {
    if (bytes > memory.size()) {
      close();
      memory = AlignedMemory.bytes(bytes);
      bytesHeld.addAndGet(bytes);
    }
    return memory;
  }

  @Override
  public void close() {
    bytesHeld.addAndGet(-memory.size());
    memory.close();
    memory = AlignedMemory.bytes(0);
  }
}
