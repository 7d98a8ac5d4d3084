// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Tensor;
import java.util.function.BiConsumer;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Keys and values on their way into a cache.
 *
 * @param cache that is empty
 * @param places the position of the cache that each row goes to
 */
record CacheCopy(Workbench bench, KeyValueCache cache, int[] places) {

  /**
   * Returns how a device is tried.
   *
   * @param copy takes keys and values
   */
  PreparedOperation prepare(BiConsumer<Tensor, Tensor> copy) {
    int width = cache.keys().shape().columns();
    Columns ofKeys = new Columns(0, width, 2 * width);
    Columns ofValues = new Columns(width, width, 2 * width);
    float[] numbers = bench.numbers(places.length * 2 * width);
    Tensor both = bench.upload(numbers, places.length, 2 * width);
    Tensor keys = ofKeys.of(both);
    Tensor values = ofValues.of(both);
    return PreparedOperation.of(
        () -> copy.accept(keys, values),
        () -> {
          RealMatrix all = Reference.matrix(numbers, places.length, 2 * width);
          return bench
              .deviation(expected(ofKeys.of(all)), cache.keys(), 1)
              .or(bench.deviation(expected(ofValues.of(all)), cache.values(), 1));
        });
  }

  private RealMatrix expected(RealMatrix rows) {
    RealMatrix expected =
        MatrixUtils.createRealMatrix(cache.keys().shape().rows(), rows.getColumnDimension());
    for (int i = 0; i < places.length; i++) {
      expected.setRowVector(places[i], rows.getRowVector(i));
    }
    return expected;
  }
}
