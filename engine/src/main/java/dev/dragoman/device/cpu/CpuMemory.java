package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The memory of a device and its forks: counted, and freed with the last of them. */
final class CpuMemory {
  private final DataType precision;
  private final AtomicLong bytesHeld = new AtomicLong();
  private final List<PackedLinear> weights = new ArrayList<>();
  private final List<AlignedMemory> tensors = new ArrayList<>();
  private int users;

  CpuMemory(DataType precision) {
    this.precision = precision;
  }

  /** Of the products. */
  DataType precision() {
    return precision;
  }

  AtomicLong bytesHeld() {
    return bytesHeld;
  }

  /** Of the heap, where the caches lie. Garbage counts as taken until it is collected. */
  long freeBytes() {
    Runtime jvm = Runtime.getRuntime();
    if (taken(jvm) > jvm.maxMemory() / 2) {
      System.gc();
    }
    return jvm.maxMemory() - taken(jvm);
  }

  private static long taken(Runtime jvm) {
    return jvm.totalMemory() - jvm.freeMemory();
  }

  synchronized CpuTensor allocate(DataType type, Shape shape) {
    CpuTensor tensor =
        switch (type) {
          case I32 -> CpuTensor.ints(shape);
          case F32 -> CpuTensor.over(allocateNative(shape), shape);
          default -> throw new IllegalArgumentException("the CPU holds F32 and I32, not " + type);
        };
    bytesHeld.addAndGet((long) shape.size() * type.bytes());
    return tensor;
  }

  private AlignedMemory allocateNative(Shape shape) {
    AlignedMemory memory = AlignedMemory.words(shape.size());
    tensors.add(memory);
    return memory;
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
      tensors.forEach(AlignedMemory::close);
      bytesHeld.set(0);
    }
  }
}
