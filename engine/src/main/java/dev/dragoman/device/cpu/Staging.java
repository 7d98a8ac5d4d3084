package dev.dragoman.device.cpu;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;

/** A piece of native memory that intermediate results pass through. */
final class Staging implements AutoCloseable {
  private final AtomicLong bytesHeld;
  private FloatPointer memory = new FloatPointer();

  Staging(AtomicLong bytesHeld) {
    this.bytesHeld = bytesHeld;
  }

  /** Room for {@code floats} numbers; what lay there before is lost when it has to grow. */
  FloatPointer reserve(int floats) {
    if (floats > memory.capacity()) {
      close();
      memory = new FloatPointer(floats).zero();
      bytesHeld.addAndGet((long) floats * Float.BYTES);
    }
    return memory;
  }

  @Override
  public void close() {
    bytesHeld.addAndGet(-memory.capacity() * Float.BYTES);
    memory.close();
    memory = new FloatPointer();
  }
}
