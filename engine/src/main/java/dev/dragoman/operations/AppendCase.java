// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keys and values of a decoder step on their way into the cache.
 *
 * @param steps of the slots
 */
record AppendCase(Beams beams, Heads heads, List<Integer> steps) implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "appendKeysValues",
          AppendCase::of,
          List.of(
              new AppendCase(
                  new Beams(3, 2, 4, List.of(2, 3, 4)), new Heads(3, 11), List.of(2, 0, 3))));

  private static AppendCase of(Sizes sizes) {
    List<Integer> steps =
        IntStream.range(0, sizes.batch().slots())
            .mapToObj(slot -> (5 * slot + 2) % sizes.batch().past())
            .toList();
    return new AppendCase(Beams.of(sizes), Heads.of(sizes), steps);
  }

  @Override
  public String shape() {
    return "2 x " + beams.count() + " x " + heads.width();
  }

  @Override
  public Work work(Types types) {
    return Work.bytes(4.0 * beams.count() * heads.width() * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    SlotState state = bench.slots(beams, 1);
    bench.device().upload(Workbench.integers(steps), state.progress().steps());
    int[] places =
        IntStream.of(beams.fed())
            .map(row -> row * beams.positions() + steps.get(beams.slot(row)))
            .toArray();
    TokenRows.Decoding rows = bench.decoding(state, beams.fed());
    KeyValueCache cache =
        bench
            .device()
            .allocateCache(
                new Shape(beams.rows() * beams.positions(), heads.width()), heads.count());
    return new CacheCopy(bench, cache, places)
        .prepare((keys, values) -> bench.device().appendKeysValues(keys, values, rows, cache));
  }
}
