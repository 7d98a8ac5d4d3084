// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The decoder's masked self-attention, through the table of ancestors.
 *
 * @param step of the rows that are fed
 */
record PastAttentionCase(Beams beams, Heads heads, int step) implements OperationCase {
  /** The second slot is not fed. */
  private static final Beams FIRST_AND_LAST = new Beams(3, 4, 40, List.of(4, 5, 6, 7));

  static final Operation OPERATION =
      new Operation(
          "attend, past",
          sizes -> new PastAttentionCase(Beams.of(sizes), Heads.of(sizes), lastStep(sizes)),
          IntStream.of(0, 1, 12, 39)
              .mapToObj(step -> new PastAttentionCase(FIRST_AND_LAST, new Heads(2, 32), step))
              .toList());

  private static int lastStep(Sizes sizes) {
    return sizes.batch().past() - 1;
  }

  @Override
  public String shape() {
    return String.format("%d rows to %d positions, %s", beams.count(), step + 1, heads);
  }

  @Override
  public Work work(Types types) {
    double keys = (double) beams.count() * (step + 1) * heads.width();
    double queries = keys / (step + 1);
    return new Work(4 * keys, (2 * keys + 2 * queries) * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    SlotState state = bench.slots(beams, 1);
    int[] ancestors = ancestors(bench);
    bench.device().upload(ancestors, state.beams().ancestors());
    bench.device().upload(steps(), state.progress().steps());
    int[] fed = beams.fed();
    List<int[]> visible = IntStream.of(fed).mapToObj(row -> seen(ancestors, row)).toList();
    Mask mask = new Mask.Past(bench.decoding(state, fed));
    return new CachedAttention(bench, heads, mask, beams.rows() * beams.positions())
        .prepare(visible);
  }

  /** Draws a row of the same slot for each position before the step, and the row itself after. */
  private int[] ancestors(Workbench bench) {
    int[] ancestors = new int[beams.rows() * beams.positions()];
    for (int i = 0; i < ancestors.length; i++) {
      int row = i / beams.positions();
      boolean own = i % beams.positions() >= step;
      int first = beams.slot(row) * beams.size();
      ancestors[i] = own ? row : first + bench.random().nextInt(beams.size());
    }
    return ancestors;
  }

  /** Returns the step of each slot; those that are not fed are at another. */
  private int[] steps() {
    int[] steps = new int[beams.slots()];
    Arrays.fill(steps, (step + 1) % beams.positions());
    for (int row : beams.fed()) {
      steps[beams.slot(row)] = step;
    }
    return steps;
  }

  private int[] seen(int[] ancestors, int row) {
    int positions = beams.positions();
    return IntStream.rangeClosed(0, step)
        .map(position -> ancestors[row * positions + position] * positions + position)
        .toArray();
  }
}
