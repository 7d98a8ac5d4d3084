package dev.dragoman.doctor;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import java.util.Arrays;
import org.apache.commons.math3.linear.RealMatrix;

/** The encoder-decoder attention, with the weights of its first head kept for each row. */
record KeptAttention() implements Operation {
  @Override
  public String title() {
    return "attendAndKeep";
  }

  @Override
  public String shape(Sizes sizes) {
    return String.format(
        "%d rows to %d tokens, %s",
        sizes.batch().rows(), sizes.batch().source(), AttentionOperations.heads(sizes));
  }

  /** Attention itself, and once more the scores of one head. */
  @Override
  public Work work(Sizes sizes, Types types) {
    Sizes.Batch batch = sizes.batch();
    double width = sizes.network().width();
    double weights = (double) batch.rows() * batch.source();
    double keys = (double) batch.slots() * batch.source() * width;
    double operations = 4 * weights * width + 2 * weights * width / sizes.network().heads();
    return new Work(
        operations,
        (2 * keys + 2 * batch.rows() * width) * types.activations().bytes()
            + weights * Float.BYTES);
  }

  @Override
  public Trial prepare(Workbench bench, Sizes sizes) {
    Sizes.Batch batch = sizes.batch();
    Sizes.Network network = sizes.network();
    SlotState state =
        bench.slots(batch, batch.past()).withAttention(bench.device(), 1, batch.source());
    AttentionHistory history = state.attention().orElseThrow();
    int[] starts = new int[batch.slots()];
    int[] lengths = new int[batch.slots()];
    Arrays.setAll(starts, slot -> slot * batch.source());
    Arrays.fill(lengths, batch.source());
    bench.device().upload(starts, state.sourceStarts());
    bench.device().upload(lengths, state.sourceLengths());
    int cached = batch.slots() * batch.source();
    float[] queries = bench.numbers(batch.rows() * network.width());
    float[] bias = bench.numbers(network.width());
    float[] keys = bench.numbers(cached * network.width());
    KeyValueCache cache =
        bench.device().allocateSourceCache(new Shape(cached, network.width()), network.heads());
    bench.device().upload(keys, cache.keys());
    bench.device().upload(keys, cache.values());
    AttentionInputs inputs =
        new AttentionInputs(
            bench.upload(queries, batch.rows(), network.width()),
            bench.uploadFloats(bias, network.width(), 1),
            cache.keys(),
            cache.values(),
            new Mask.Source(AttentionOperations.allRows(bench, state)),
            network.heads());
    Tensor out = bench.allocate(batch.rows(), network.width());
    return Trial.of(
        () -> bench.device().attendAndKeep(inputs, history, out),
        () -> {
          RealMatrix biased =
              Reference.plus(
                  Reference.matrix(queries, batch.rows(), network.width()), Reference.vector(bias));
          return bench.deviation(
              reference(sizes, biased, keys), history.weights(), network.width() + 1);
        });
  }

  /** All slots are at step 0, so beam b is at row b·past. */
  private static RealMatrix reference(Sizes sizes, RealMatrix queries, float[] keys) {
    Sizes.Batch batch = sizes.batch();
    int width = sizes.network().width();
    int[] head = Reference.range(0, width / sizes.network().heads());
    int cached = batch.slots() * batch.source();
    int rows = batch.beam() * batch.past();
    RealMatrix expected = Reference.matrix(new float[rows * cached], rows, cached);
    for (int row = 0; row < batch.rows(); row++) {
      int start = row / batch.beam() * batch.source();
      double[] weights =
          Reference.attentionWeights(
                  queries.getRowVector(row).getSubVector(0, head.length),
                  Reference.matrix(keys, cached, width)
                      .getSubMatrix(Reference.range(start, batch.source()), head))
              .toArray();
      for (int key = 0; key < weights.length; key++) {
        expected.setEntry(row % batch.beam() * batch.past(), start + key, weights[key]);
      }
    }
    return expected;
  }
}
