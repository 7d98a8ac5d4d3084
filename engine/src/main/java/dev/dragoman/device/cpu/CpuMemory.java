package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a device and its forks share: the packed weights, freed with the last of them, and the count
 * of bytes.
 */
final class CpuMemory {
  private final DataType precision;
  private final AtomicLong bytesHeld = new AtomicLong();
  private final List<PackedLinear> weights = new ArrayList<>();
  private int users;

  CpuMemory(DataType precision) {
    this.precision = precision;
  }

  DataType precision() {
    return precision;
  }

  AtomicLong bytesHeld() {
    return bytesHeld;
  }

  synchronized PackedLinear keep(PackedLinear linear) {
    weights.add(linear);
    bytesHeld.addAndGet(linear.bytes());
    return linear;
  }

  synchronized void opened() {
    users++;
  }

  synchronized void closed() {
    if (--users == 0) {
      weights.forEach(PackedLinear::close);
      weights.clear();
    }
  }
}
