package dev.dragoman.doctor;

import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import org.apache.commons.math3.linear.RealMatrix;

/** Token embedding · scale + position. */
final class EmbeddingOperations {
  private static final float SCALE = 14.4f;

  private EmbeddingOperations() {}

  /** The encoder's: tokens of many sentences. */
  record Packed() implements Operation {
    @Override
    public String title() {
      return "embed, packed";
    }

    @Override
    public String shape(Sizes sizes) {
      return sizes.batch().packed() + " x " + sizes.network().width();
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return moved(sizes.batch().packed(), sizes, types);
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int[] ids = tokens(bench, sizes.batch().packed(), sizes);
      int[] positions = new int[ids.length];
      for (int i = 0; i < ids.length; i++) {
        positions[i] = i % sizes.batch().source();
      }
      Tables tables = Tables.of(bench, sizes);
      Tensor out = bench.allocate(ids.length, tables.width);
      TokenRows.Packed tokens =
          new TokenRows.Packed(
              bench.upload(ids), bench.upload(positions), bench.upload(0, ids.length));
      return Trial.of(
          () -> bench.device().embed(tokens, tables.table, out),
          () -> bench.deviation(tables.reference(ids, positions), out, 1));
    }
  }

  /** The decoder's: one token of each beam, at the step of its slot. */
  record Decoding() implements Operation {
    @Override
    public String title() {
      return "embed, decoding";
    }

    @Override
    public String shape(Sizes sizes) {
      return sizes.batch().rows() + " x " + sizes.network().width();
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return moved(sizes.batch().rows(), sizes, types);
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      Sizes.Batch batch = sizes.batch();
      SlotState state = bench.slots(batch, batch.past());
      int[] history = tokens(bench, batch.rows() * batch.past(), sizes);
      int[] steps = new int[batch.slots()];
      for (int slot = 0; slot < steps.length; slot++) {
        steps[slot] = (7 * slot + 3) % Math.min(batch.past(), batch.source());
      }
      int[] ids = new int[batch.rows()];
      int[] positions = new int[batch.rows()];
      for (int row = 0; row < ids.length; row++) {
        positions[row] = steps[row / batch.beam()];
        ids[row] = history[row * batch.past() + positions[row]];
      }
      bench.device().upload(history, state.tokens());
      bench.device().upload(steps, state.steps());
      Tables tables = Tables.of(bench, sizes);
      Tensor out = bench.allocate(ids.length, tables.width);
      TokenRows.Decoding rows =
          new TokenRows.Decoding(bench.upload(Reference.range(0, ids.length)), state);
      return Trial.of(
          () -> bench.device().embed(rows, tables.table, out),
          () -> bench.deviation(tables.reference(ids, positions), out, 1));
    }
  }

  private static int[] tokens(Workbench bench, int count, Sizes sizes) {
    return bench.random().ints(count, 0, sizes.network().vocabulary()).toArray();
  }

  private static Work moved(int rows, Sizes sizes, Types types) {
    return Work.bytes(2.0 * rows * sizes.network().width() * types.activations().bytes());
  }

  /** Embeddings of words and places, on the device and here. */
  private record Tables(EmbeddingTable table, float[] words, float[] places, int width) {

    static Tables of(Workbench bench, Sizes sizes) {
      int width = sizes.network().width();
      float[] words = bench.numbers(sizes.network().vocabulary() * width);
      float[] places = bench.numbers(sizes.batch().source() * width);
      return new Tables(bench.embedding(words, places, width, SCALE), words, places, width);
    }

    RealMatrix reference(int[] ids, int[] positions) {
      int[] columns = Reference.range(0, width);
      return Reference.matrix(words, words.length / width, width)
          .getSubMatrix(ids, columns)
          .scalarMultiply(SCALE)
          .add(
              Reference.matrix(places, places.length / width, width)
                  .getSubMatrix(positions, columns));
    }
  }
}
