package dev.dragoman.device.cpu;

import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;

/** A piece of native memory that rows pass through on their way to a product and back. */
final class Staging implements AutoCloseable {
  private final AtomicLong bytesHeld;
  private FloatPointer memory = new FloatPointer();
  private FloatBuffer buffer = FloatBuffer.allocate(0);

  Staging(AtomicLong bytesHeld) {
    this.bytesHeld = bytesHeld;
  }

  /** Room for {@code floats} numbers; what lay there before is lost when it has to grow. */
  FloatPointer reserve(int floats) {
    if (floats > buffer.capacity()) {
      close();
      memory = new FloatPointer(floats);
      buffer = memory.asBuffer();
      bytesHeld.addAndGet((long) floats * Float.BYTES);
    }
    return memory;
  }

  FloatBuffer buffer() {
    return buffer;
  }

  @Override
  public void close() {
    bytesHeld.addAndGet(-(long) buffer.capacity() * Float.BYTES);
    memory.close();
    buffer = FloatBuffer.allocate(0);
  }
}
