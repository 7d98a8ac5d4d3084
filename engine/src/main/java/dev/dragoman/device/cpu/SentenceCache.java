// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for the keys and values of one sentence of the encoder. They are float32 whatever other
 * caches hold, as a sentence is in the first-level cache when it is read.
 */
final class SentenceCache {
  private final VectorMath math;
  private KeyValueCache cache;
  private int heads;

  SentenceCache(VectorMath math) {
    this.math = math;
    this.cache = allocate(new Shape(1, 1), 1);
  }

  /**
   * Returns room for a sentence, with some to spare so that it seldom has to grow.
   *
   * @param needed tokens × width
   */
  KeyValueCache reserve(Shape needed, int heads) {
    Shape room = cache.keys().shape();
    if (room.rows() < needed.rows() || room.columns() != needed.columns() || this.heads != heads) {
      cache = allocate(new Shape(VectorMath.padded(needed.rows()), needed.columns()), heads);
    }
    return cache;
  }

  private KeyValueCache allocate(Shape shape, int heads) {
    this.heads = heads;
    HeadFormat format = new PlainHeads(shape.columns() / heads, math.attention());
    return CpuCache.ofSources(shape, format, new AtomicLong());
  }
}
