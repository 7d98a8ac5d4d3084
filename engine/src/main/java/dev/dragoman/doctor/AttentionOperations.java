package dev.dragoman.doctor;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;

/** Attention under each mask. */
final class AttentionOperations {
  private AttentionOperations() {}

  /** The encoder's self-attention. */
  record Sentences() implements Operation {
    @Override
    public String title() {
      return "attend, sentence";
    }

    @Override
    public String shape(Sizes sizes) {
      return String.format(
          "%d tokens in sentences of %d, %s",
          sizes.batch().packed(), sizes.batch().source(), heads(sizes));
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      double queries = (double) sizes.batch().packed() * sizes.network().width();
      return new Work(
          4 * queries * sizes.batch().source(), 4 * queries * types.activations().bytes());
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int width = sizes.network().width();
      int rows = sizes.batch().packed();
      int length = sizes.batch().source();
      float[] numbers = bench.numbers(rows * 3 * width);
      float[] bias = bench.numbers(width);
      Tensor qkv = bench.upload(numbers, rows, 3 * width);
      Tensor out = bench.allocate(rows, width);
      AttentionInputs inputs =
          new AttentionInputs(
              qkv.columns(0, width),
              bench.uploadFloats(bias, width, 1),
              qkv.columns(width, width),
              qkv.columns(2 * width, width),
              new Mask.Sentence(bench.sentences(rows, length)),
              sizes.network().heads());
      return Trial.of(
          () -> bench.device().attend(inputs, out),
          () -> {
            RealMatrix all = Reference.matrix(numbers, rows, 3 * width);
            List<int[]> visible = new ArrayList<>();
            for (int row = 0; row < rows; row++) {
              int first = row / length * length;
              visible.add(Reference.range(first, Math.min(length, rows - first)));
            }
            RealMatrix expected =
                Reference.attention(
                    Reference.plus(
                        all.getSubMatrix(0, rows - 1, 0, width - 1), Reference.vector(bias)),
                    all.getSubMatrix(0, rows - 1, width, 2 * width - 1),
                    all.getSubMatrix(0, rows - 1, 2 * width, 3 * width - 1),
                    visible,
                    sizes.network().heads());
            return bench.deviation(expected, out, width + length);
          });
    }
  }

  /** The decoder's masked self-attention, through the table of ancestors. */
  record Past() implements Operation {
    @Override
    public String title() {
      return "attend, past";
    }

    @Override
    public String shape(Sizes sizes) {
      return String.format(
          "%d rows to %d positions, %s", sizes.batch().rows(), sizes.batch().past(), heads(sizes));
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      double keys = (double) sizes.batch().rows() * sizes.batch().past() * sizes.network().width();
      return new Work(
          4 * keys, (2 * keys + 2 * keys / sizes.batch().past()) * types.activations().bytes());
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      Sizes.Batch batch = sizes.batch();
      int past = batch.past();
      SlotState state = bench.slots(batch, past);
      int[] ancestors = new int[batch.rows() * past];
      List<int[]> visible = new ArrayList<>();
      for (int row = 0; row < batch.rows(); row++) {
        int[] seen = new int[past];
        int first = row / batch.beam() * batch.beam();
        for (int position = 0; position < past; position++) {
          boolean own = position == past - 1;
          int ancestor = own ? row : first + bench.random().nextInt(batch.beam());
          ancestors[row * past + position] = ancestor;
          seen[position] = ancestor * past + position;
        }
        visible.add(seen);
      }
      int[] steps = new int[batch.slots()];
      Arrays.fill(steps, past - 1);
      bench.device().upload(ancestors, state.ancestors());
      bench.device().upload(steps, state.steps());
      Mask mask = new Mask.Past(allRows(bench, state));
      return decoding(bench, sizes, mask, new Visible(batch.rows() * past, visible));
    }
  }

  /** The encoder-decoder attention; the last slot's source is empty. */
  record Source() implements Operation {
    @Override
    public String title() {
      return "attend, source";
    }

    @Override
    public String shape(Sizes sizes) {
      return String.format(
          "%d rows to %d tokens, %s", sizes.batch().rows(), sizes.batch().source(), heads(sizes));
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      double width = sizes.network().width();
      double keys = (sizes.batch().slots() - 1.0) * sizes.batch().source() * width;
      double queries = sizes.batch().rows() * width;
      return new Work(
          4 * keys * sizes.batch().beam(), (2 * keys + 2 * queries) * types.activations().bytes());
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      Sizes.Batch batch = sizes.batch();
      SlotState state = bench.slots(batch, batch.past());
      int[] starts = new int[batch.slots()];
      int[] lengths = new int[batch.slots()];
      for (int slot = 0; slot < batch.slots(); slot++) {
        starts[slot] = (batch.slots() - 1 - slot) * batch.source();
        lengths[slot] = slot == batch.slots() - 1 ? 0 : batch.source();
      }
      bench.device().upload(starts, state.sourceStarts());
      bench.device().upload(lengths, state.sourceLengths());
      List<int[]> visible = new ArrayList<>();
      for (int row = 0; row < batch.rows(); row++) {
        int slot = row / batch.beam();
        visible.add(Reference.range(starts[slot], lengths[slot]));
      }
      Mask mask = new Mask.Source(allRows(bench, state));
      return decoding(bench, sizes, mask, new Visible(batch.slots() * batch.source(), visible));
    }
  }

  /**
   * What the queries see.
   *
   * @param cached rows of the cache
   * @param rows of them, for each query
   */
  private record Visible(int cached, List<int[]> rows) {}

  private static Trial decoding(Workbench bench, Sizes sizes, Mask mask, Visible visible) {
    int width = sizes.network().width();
    int rows = sizes.batch().rows();
    float[] queries = bench.numbers(rows * width);
    float[] bias = bench.numbers(width);
    float[] keys = bench.numbers(visible.cached() * width);
    float[] values = bench.numbers(visible.cached() * width);
    Shape cached = new Shape(visible.cached(), width);
    int heads = sizes.network().heads();
    KeyValueCache cache =
        mask instanceof Mask.Source
            ? bench.device().allocateSourceCache(cached, heads)
            : bench.device().allocateCache(cached, heads);
    bench.device().upload(keys, cache.keys());
    bench.device().upload(values, cache.values());
    Tensor out = bench.allocate(rows, width);
    AttentionInputs inputs =
        new AttentionInputs(
            bench.upload(queries, rows, width),
            bench.uploadFloats(bias, width, 1),
            cache.keys(),
            cache.values(),
            mask,
            heads);
    return Trial.of(
        () -> bench.device().attend(inputs, out),
        () ->
            bench.deviation(
                Reference.attention(
                    Reference.plus(Reference.matrix(queries, rows, width), Reference.vector(bias)),
                    Reference.matrix(keys, visible.cached(), width),
                    Reference.matrix(values, visible.cached(), width),
                    visible.rows(),
                    sizes.network().heads()),
                out,
                width + visible.rows().get(0).length));
  }

  static TokenRows.Decoding allRows(Workbench bench, SlotState state) {
    int rows = state.slots() * state.rules().beamSize();
    return new TokenRows.Decoding(bench.upload(Reference.range(0, rows)), state);
  }

  static String heads(Sizes sizes) {
    int heads = sizes.network().heads();
    return heads + " heads of " + sizes.network().width() / heads;
  }
}
