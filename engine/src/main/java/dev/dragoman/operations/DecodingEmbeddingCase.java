// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The decoder's embedding: one token of each row, at the step of its slot.
 *
 * @param steps of the slots
 */
record DecodingEmbeddingCase(Beams beams, EmbeddingSizes sizes, List<Integer> steps)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "embed, decoding",
          DecodingEmbeddingCase::of,
          List.of(
              new DecodingEmbeddingCase(
                  new Beams(3, 2, 16, List.of(2, 3, 5)),
                  new EmbeddingSizes(207, 50, 16),
                  List.of(5, 0, 15))));

  private static DecodingEmbeddingCase of(Sizes sizes) {
    int most = Math.min(sizes.batch().past(), sizes.batch().source());
    List<Integer> steps =
        IntStream.range(0, sizes.batch().slots()).mapToObj(slot -> (7 * slot + 3) % most).toList();
    return new DecodingEmbeddingCase(Beams.of(sizes), EmbeddingSizes.of(sizes), steps);
  }

  @Override
  public String shape() {
    return beams.count() + " x " + sizes.width();
  }

  @Override
  public Work work(Types types) {
    return sizes.work(beams.count(), types);
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    int[] fed = beams.fed();
    int[] places = IntStream.of(fed).map(row -> steps.get(beams.slot(row))).toArray();
    int[] words = sizes.draw(bench, fed.length);
    int[] history =
        bench.random().ints(beams.rows() * beams.positions(), 0, sizes.vocabulary()).toArray();
    for (int i = 0; i < fed.length; i++) {
      history[fed[i] * beams.positions() + places[i]] = words[i];
    }
    SlotState state = bench.slots(beams, 1);
    bench.device().upload(history, state.beams().tokens());
    bench.device().upload(Workbench.integers(steps), state.progress().steps());
    TokenRows.Decoding rows = bench.decoding(state, fed);
    return sizes.prepare(
        bench, words, places, (table, out) -> bench.device().embed(rows, table, out));
  }
}
