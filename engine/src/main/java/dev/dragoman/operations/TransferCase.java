// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Numbers that cross between the host and the device, which come back as they were.
 *
 * @param kind how they cross
 */
record TransferCase(Kind kind, int rows, int width) implements OperationCase {
  static final List<Operation> OPERATIONS =
      Stream.of(Kind.values())
          .map(
              kind ->
                  new Operation(
                      kind.operation,
                      sizes ->
                          new TransferCase(kind, sizes.batch().packed(), sizes.network().width())))
          .toList();

  /** The operations of this form. */
  enum Kind {
    FLOATS("upload, download", 2),
    INTEGERS("upload, download of integers", 2),
    SEEN("snapshot, allocateShared, peek", 4),
    RECORDED("record", 3);

    private final String operation;
    private final int moves;

    Kind(String operation, int moves) {
      this.operation = operation;
      this.moves = moves;
    }
  }

  @Override
  public String shape() {
    return rows + " x " + width;
  }

  @Override
  public Work work(Types types) {
    return Work.bytes((double) kind.moves * rows * width * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    return switch (kind) {
      case FLOATS -> floats(bench, rows, width);
      case INTEGERS -> integers(bench, rows, width);
      case SEEN -> seen(bench, rows, width);
      case RECORDED -> recorded(bench, rows, width);
    };
  }

  private static PreparedOperation floats(Workbench bench, int rows, int width) {
    float[] from = bench.numbers(rows * width);
    float[] to = new float[from.length];
    Tensor tensor = bench.allocate(rows, width);
    return crossing(
        () -> {
          bench.device().upload(from, tensor);
          bench.device().download(tensor, to);
        },
        () -> Arrays.mismatch(from, to));
  }

  private static PreparedOperation integers(Workbench bench, int rows, int width) {
    int[] from = bench.random().ints((long) rows * width).toArray();
    int[] to = new int[from.length];
    Tensor tensor = bench.device().allocate(DataType.I32, new Shape(rows, width));
    return crossing(
        () -> {
          bench.device().upload(from, tensor);
          bench.device().download(tensor, to);
        },
        () -> Arrays.mismatch(from, to));
  }

  /** Looks at a sum in shared memory, and at integers, once what made them is done. */
  private static PreparedOperation seen(Workbench bench, int rows, int width) {
    Device device = bench.device();
    int[] integers = bench.random().ints(rows).toArray();
    float[] from = bench.numbers(rows * width);
    float[] to = new float[from.length];
    Tensor marked = device.allocate(DataType.I32, Shape.vector(rows));
    Tensor x = device.allocate(DataType.F32, new Shape(rows, width));
    Tensor shared = device.allocateShared(DataType.F32, new Shape(rows, width));
    Tensor bias = device.allocate(DataType.F32, Shape.vector(width));
    Snapshot snapshot = device.snapshot(marked);
    device.upload(from, x);
    return crossing(
        () -> {
          device.upload(integers, marked);
          device.add(x, bias, x, shared);
          snapshot.take();
          snapshot.await();
          device.peek(shared, to);
        },
        () -> {
          float[] halves = new float[to.length];
          for (int i = 0; i < to.length; i++) {
            halves[i] = to[i] / 2;
          }
          int wrong = Arrays.mismatch(integers, snapshot.await());
          return wrong < 0 ? Arrays.mismatch(from, halves) : wrong;
        });
  }

  /** Records a sum once, and uploads its numbers afterwards. */
  private static PreparedOperation recorded(Workbench bench, int rows, int width) {
    float[] from = bench.numbers(rows * width);
    Tensor x = bench.allocate(rows, width);
    Tensor out = bench.allocate(rows, width);
    Tensor nothing = bench.uploadFloats(new float[width], width, 1);
    Runnable step = bench.device().record(() -> bench.device().add(x, nothing, x, out));
    bench.device().upload(from, x);
    return crossing(
        step,
        () -> {
          float[] sums = bench.download(out);
          for (int i = 0; i < sums.length; i++) {
            sums[i] /= 2;
          }
          return Arrays.mismatch(from, sums);
        });
  }

  private interface Mismatch {
    /** Returns the first number that is another one, or -1. */
    int find();
  }

  /** Prepares an operation that is not recorded, as no transfer can be. */
  private static PreparedOperation crossing(Runnable run, Mismatch mismatch) {
    return new PreparedOperation() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public Deviation deviation() {
        int at = mismatch.find();
        return at < 0 ? Deviation.NONE : Deviation.wrong("number " + at + " is another one");
      }

      @Override
      public Runnable repeated(Device device, int times) {
        return () -> repeat(times);
      }
    };
  }
}
