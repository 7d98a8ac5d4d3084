package dev.dragoman.doctor;

import dev.dragoman.device.Binding;
import dev.dragoman.device.Device;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import org.apache.commons.math3.linear.RealMatrix;

/** Keys and values on their way into the caches. */
final class CacheOperations {
  private CacheOperations() {}

  /** Those of a decoder step, at each slot's step. */
  record Append() implements Operation {
    @Override
    public String title() {
      return "appendKeysValues";
    }

    @Override
    public String shape(Sizes sizes) {
      return "2 x " + sizes.batch().rows() + " x " + sizes.network().width();
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return Work.bytes(
          4.0 * sizes.batch().rows() * sizes.network().width() * types.activations().bytes());
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      Sizes.Batch batch = sizes.batch();
      SlotState state = bench.slots(batch, batch.past());
      int[] steps = new int[batch.slots()];
      for (int slot = 0; slot < steps.length; slot++) {
        steps[slot] = (5 * slot + 2) % batch.past();
      }
      bench.device().upload(steps, state.steps());
      int[] places = new int[batch.rows()];
      for (int row = 0; row < places.length; row++) {
        places[row] = row * batch.past() + steps[row / batch.beam()];
      }
      TokenRows.Decoding rows =
          new TokenRows.Decoding(bench.upload(Reference.range(0, places.length)), state);
      return intoCache(
          bench,
          new Filled(places, batch.rows() * batch.past(), sizes.network()),
          Device::allocateCache,
          (device, keys, values, cache) -> device.appendKeysValues(keys, values, rows, cache));
    }
  }

  /** Those of whole source sentences, in the regions of their slots. */
  record Bind() implements Operation {
    @Override
    public String title() {
      return "bindKeysValues";
    }

    @Override
    public String shape(Sizes sizes) {
      return "2 x " + count(sizes) + " x " + sizes.network().width();
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return Work.bytes(4.0 * count(sizes) * sizes.network().width() * types.activations().bytes());
    }

    private static int count(Sizes sizes) {
      return sizes.batch().slots() * sizes.batch().source();
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      Sizes.Batch batch = sizes.batch();
      int[] starts = new int[batch.slots()];
      int[] places = new int[count(sizes)];
      for (int slot = 0; slot < starts.length; slot++) {
        starts[slot] = (starts.length - 1 - slot) * batch.source();
        for (int i = 0; i < batch.source(); i++) {
          places[slot * batch.source() + i] = starts[slot] + i;
        }
      }
      Binding binding =
          new Binding(
              bench.sentences(places.length, batch.source()),
              bench.upload(Reference.range(0, starts.length)),
              bench.upload(starts),
              bench.slots(batch, batch.past()));
      return intoCache(
          bench,
          new Filled(places, places.length, sizes.network()),
          Device::allocateSourceCache,
          (device, keys, values, cache) -> device.bindKeysValues(keys, values, binding, cache));
    }
  }

  /**
   * Where the rows go.
   *
   * @param cached rows of the cache
   */
  private record Filled(int[] places, int cached, Sizes.Network network) {}

  private interface Room {
    KeyValueCache take(Device device, Shape shape, int heads);
  }

  private interface Copy {
    void run(Device device, Tensor keys, Tensor values, KeyValueCache cache);
  }

  private static Trial intoCache(Workbench bench, Filled filled, Room room, Copy copy) {
    int rows = filled.places().length;
    int width = filled.network().width();
    float[] numbers = bench.numbers(rows * 2 * width);
    Tensor both = bench.upload(numbers, rows, 2 * width);
    Tensor keys = both.columns(0, width);
    Tensor values = both.columns(width, width);
    Shape cached = new Shape(filled.cached(), width);
    KeyValueCache cache = room.take(bench.device(), cached, filled.network().heads());
    return Trial.of(
        () -> copy.run(bench.device(), keys, values, cache),
        () -> {
          RealMatrix all = Reference.matrix(numbers, rows, 2 * width);
          return bench
              .deviation(reference(filled, all, 0), cache.keys(), 1)
              .or(bench.deviation(reference(filled, all, width), cache.values(), 1));
        });
  }

  private static RealMatrix reference(Filled filled, RealMatrix all, int column) {
    int width = filled.network().width();
    RealMatrix expected =
        Reference.matrix(new float[filled.cached() * width], filled.cached(), width);
    for (int i = 0; i < filled.places().length; i++) {
      expected.setRowMatrix(filled.places()[i], all.getSubMatrix(i, i, column, column + width - 1));
    }
    return expected;
  }
}
