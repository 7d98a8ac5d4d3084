// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import java.util.List;

/** The encoder-decoder attention. */
record SourceAttentionCase(Beams beams, Heads heads, Sources sources) implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "attend, source",
          sizes ->
              new SourceAttentionCase(
                  Beams.of(sizes), Heads.of(sizes), Sources.reversed(sizes.batch())),
          List.of(
              new SourceAttentionCase(
                  new Beams(4, 2, 8, List.of(3)),
                  new Heads(4, 32),
                  new Sources(1025, List.of(700, 0, 30, 13), List.of(325, 1, 207, 0)))));

  @Override
  public String shape() {
    return String.format("%d rows to %d tokens, %s", beams.count(), sources.longest(), heads);
  }

  @Override
  public Work work(Types types) {
    double keys = (double) sources.positions() * heads.width();
    double queries = (double) beams.count() * heads.width();
    return new Work(
        4.0 * sources.pairs(beams) * heads.width(),
        (2 * keys + 2 * queries) * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    SlotState state = bench.slots(beams, sources.cached());
    sources.upload(bench, state);
    Mask mask = new Mask.Source(bench.decoding(state, beams.fed()));
    return new CachedAttention(bench, heads, mask, sources.cached())
        .prepare(sources.visible(beams));
  }
}
