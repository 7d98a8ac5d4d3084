package dev.dragoman.doctor;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import java.util.Arrays;

/** Numbers that cross between the host and the device, which come back as they were. */
enum TransferOperations implements Operation {
  FLOATS("upload, download", 2),
  INTEGERS("upload, download of integers", 2),
  SEEN("snapshot, allocateShared, peek", 4),
  RECORDED("record", 3);

  private final String title;
  private final int moves;

  TransferOperations(String title, int moves) {
    this.title = title;
    this.moves = moves;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public String shape(Sizes sizes) {
    return sizes.batch().packed() + " x " + sizes.network().width();
  }

  @Override
  public Work work(Sizes sizes, Types types) {
    return Work.bytes(
        (double) moves
            * sizes.batch().packed()
            * sizes.network().width()
            * types.activations().bytes());
  }

  @Override
  public Trial prepare(Workbench bench, Sizes sizes) {
    int rows = sizes.batch().packed();
    int width = sizes.network().width();
    return switch (this) {
      case FLOATS -> floats(bench, rows, width);
      case INTEGERS -> integers(bench, rows, width);
      case SEEN -> seen(bench, rows, width);
      case RECORDED -> recorded(bench, rows, width);
    };
  }

  private static Trial floats(Workbench bench, int rows, int width) {
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

  private static Trial integers(Workbench bench, int rows, int width) {
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

  /** A sum in shared memory, and integers, seen without waiting for more than what made them. */
  private static Trial seen(Workbench bench, int rows, int width) {
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

  /** A sum that is recorded once; the numbers come after the recording. */
  private static Trial recorded(Workbench bench, int rows, int width) {
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
    /** The first number that is another one, or -1. */
    int find();
  }

  /** What crosses cannot be recorded. */
  private static Trial crossing(Runnable run, Mismatch mismatch) {
    return new Trial() {
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
