// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * The encoder-decoder attention, with its weights kept for each row.
 *
 * @param averaged heads whose weights are averaged
 * @param steps of the slots
 */
record KeptAttentionCase(SourceAttentionCase attention, int averaged, List<Integer> steps)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "attendAndKeep",
          KeptAttentionCase::of,
          IntStream.of(1, 3, 4).mapToObj(KeptAttentionCase::ofUnequalSources).toList());

  private static KeptAttentionCase of(Sizes sizes) {
    SourceAttentionCase attention =
        new SourceAttentionCase(Beams.of(sizes), Heads.of(sizes), Sources.inOrder(sizes.batch()));
    return new KeptAttentionCase(attention, 1, Collections.nCopies(sizes.batch().slots(), 0));
  }

  private static KeptAttentionCase ofUnequalSources(int averaged) {
    SourceAttentionCase attention =
        new SourceAttentionCase(
            new Beams(4, 2, 8, List.of(3)),
            new Heads(4, 32),
            new Sources(1025, List.of(700, 0, 30, 13), List.of(207, 1, 13, 0)));
    return new KeptAttentionCase(attention, averaged, List.of(5, 0, 7, 2));
  }

  @Override
  public String shape() {
    return attention.shape();
  }

  /** Returns the work of attention itself, and once more that of the scores that are kept. */
  @Override
  public Work work(Types types) {
    Work itself = attention.work(types);
    double weights = attention.sources().pairs(attention.beams());
    return new Work(
        itself.operations() + 2 * weights * averaged * attention.heads().size(),
        itself.bytes() + weights * DataType.F32.bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    Beams beams = attention.beams();
    Sources sources = attention.sources();
    SlotState state =
        bench
            .slots(beams, sources.cached())
            .withAttention(bench.device(), averaged, sources.longest());
    AttentionHistory history = state.attention().orElseThrow();
    sources.upload(bench, state);
    bench.device().upload(Workbench.integers(steps), state.progress().steps());
    Mask mask = new Mask.Source(bench.decoding(state, beams.fed()));
    CachedAttention cached = new CachedAttention(bench, attention.heads(), mask, sources.cached());
    return PreparedOperation.of(
        () -> bench.device().attendAndKeep(cached.inputs(), history, cached.out()),
        () ->
            isAttentionItself(bench, cached)
                .or(
                    bench.deviation(
                        weights(cached),
                        history.weights(),
                        attention.heads().size() + sources.longest())));
  }

  private static Deviation isAttentionItself(Workbench bench, CachedAttention cached) {
    float[] kept = bench.download(cached.out());
    Tensor plain = bench.allocate(cached.out().shape().rows(), cached.out().shape().columns());
    bench.device().attend(cached.inputs(), plain);
    return Deviation.ofBits("attention", bench.download(plain), kept);
  }

  /** Returns the weights of each row at its step; all else stays as it was. */
  private RealMatrix weights(CachedAttention cached) {
    Beams beams = attention.beams();
    Sources sources = attention.sources();
    int size = attention.heads().size();
    RealMatrix queries = cached.queries();
    RealMatrix keys = cached.keys();
    RealMatrix expected =
        MatrixUtils.createRealMatrix(beams.size() * beams.positions(), sources.cached());
    int[] fed = beams.fed();
    for (int i = 0; i < fed.length; i++) {
      int slot = beams.slot(fed[i]);
      int row = fed[i] % beams.size() * beams.positions() + steps.get(slot);
      int[] seen = Reference.range(sources.starts().get(slot), sources.lengths().get(slot));
      for (int head = 0; head < averaged && seen.length > 0; head++) {
        RealVector weights =
            Reference.attentionWeights(
                queries.getRowVector(i).getSubVector(head * size, size),
                keys.getSubMatrix(seen, Reference.range(head * size, size)));
        for (int key = 0; key < seen.length; key++) {
          expected.addToEntry(row, seen[key], weights.getEntry(key) / averaged);
        }
      }
    }
    return expected;
  }
}
