// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;

/** The attention of decoder rows to a cache: what a device is given and what must come of it. */
final class CachedAttention {
  private final Workbench bench;
  private final Heads heads;
  private final int rows;
  private final int cached;
  private final float[] queries;
  private final float[] bias;
  private final float[] keys;
  private final float[] values;
  private final AttentionInputs inputs;
  private final Tensor out;

  /**
   * Fills a cache.
   *
   * @param mask of the rows that are fed
   * @param cached positions of the cache
   */
  CachedAttention(Workbench bench, Heads heads, Mask mask, int cached) {
    int width = heads.width();
    this.bench = bench;
    this.heads = heads;
    this.rows = rows(mask);
    this.cached = cached;
    this.queries = bench.numbers(rows * width);
    this.bias = bench.numbers(width);
    this.keys = bench.numbers(cached * width);
    this.values = bench.numbers(cached * width);
    Shape shape = new Shape(cached, width);
    KeyValueCache cache =
        mask instanceof Mask.Source
            ? bench.device().allocateSourceCache(shape, heads.count())
            : bench.device().allocateCache(shape, heads.count());
    bench.device().upload(keys, cache.keys());
    bench.device().upload(values, cache.values());
    this.inputs =
        new AttentionInputs(
            bench.upload(queries, rows, width),
            bench.uploadFloats(bias, width, 1),
            cache.keys(),
            cache.values(),
            mask,
            heads.count());
    this.out = bench.allocate(rows, width);
  }

  private static int rows(Mask mask) {
    if (mask instanceof Mask.Past past) {
      return past.tokens().count();
    }
    return ((Mask.Source) mask).tokens().count();
  }

  AttentionInputs inputs() {
    return inputs;
  }

  Tensor out() {
    return out;
  }

  /** Returns the queries with their bias. */
  RealMatrix queries() {
    return Reference.plus(Reference.matrix(queries, rows, heads.width()), Reference.vector(bias));
  }

  RealMatrix keys() {
    return Reference.matrix(keys, cached, heads.width());
  }

  /**
   * Returns how a device is tried.
   *
   * @param visible positions of the cache that each row sees
   */
  PreparedOperation prepare(List<int[]> visible) {
    int longest = visible.stream().mapToInt(seen -> seen.length).max().orElse(0);
    return PreparedOperation.of(
        () -> bench.device().attend(inputs, out),
        () ->
            bench.deviation(
                Reference.attention(
                    queries(),
                    keys(),
                    Reference.matrix(values, cached, heads.width()),
                    visible,
                    heads.count()),
                out,
                heads.size() + longest));
  }
}
