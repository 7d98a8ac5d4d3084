// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of a fork, counted together with that of its forks. What a fork has taken is freed
 * with it; what the first has taken, the weights that all use, with the last of them.
 */
final class CpuMemory {
  private final DataType precision;
  private final AtomicLong bytesHeld;
  private final CpuMemory first;
  private final List<PackedLinear> weights = new ArrayList<>();
  private final List<AlignedMemory> tensors = new ArrayList<>();
  private long bytes;
  private int users;

  CpuMemory(DataType precision) {
    this.precision = precision;
    this.bytesHeld = new AtomicLong();
    this.first = this;
  }

  private CpuMemory(CpuMemory first) {
    this.precision = first.precision;
    this.bytesHeld = first.bytesHeld;
    this.first = first;
  }

  /** Returns the memory of a fork. */
  CpuMemory fork() {
    return new CpuMemory(first);
  }

  /** Returns the precision of the products. */
  DataType precision() {
    return precision;
  }

  AtomicLong bytesHeld() {
    return bytesHeld;
  }

  /**
   * Returns the free bytes of the heap, where the caches lie; garbage counts until it is collected.
   */
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
    hold((long) shape.size() * type.bytes());
    return tensor;
  }

  private AlignedMemory allocateNative(Shape shape) {
    AlignedMemory memory = AlignedMemory.words(shape.size());
    tensors.add(memory);
    return memory;
  }

  synchronized PackedLinear keep(PackedLinear linear) {
    weights.add(linear);
    hold(linear.bytes());
    return linear;
  }

  /** Counts bytes that are given back with this fork. */
  synchronized void hold(long more) {
    bytes += more;
    bytesHeld.addAndGet(more);
  }

  void opened() {
    first.countUser();
  }

  private synchronized void countUser() {
    users++;
  }

  void closed() {
    if (first != this) {
      free();
    }
    first.discountUser();
  }

  private synchronized void discountUser() {
    if (--users == 0) {
      free();
      bytesHeld.set(0); // what the garbage collector frees is counted until here
    }
  }

  private synchronized void free() {
    weights.forEach(PackedLinear::close);
    tensors.forEach(AlignedMemory::close);
    bytesHeld.addAndGet(-bytes);
  }
}
