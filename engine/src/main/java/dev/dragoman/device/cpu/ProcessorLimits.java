package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Limits;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.Arrays;

/** What one core can do at most, measured: the best of several large products and copies. */
final class ProcessorLimits {
  private static final int SIDE = 1024;
  private static final int COPIED = 1 << 24;
  private static final int RUNS = 12;

  private ProcessorLimits() {}

  static Limits measure(DataType precision) {
    return new Limits(
        2.0 * SIDE * SIDE * SIDE / productSeconds(precision),
        2.0 * COPIED * Float.BYTES / copySeconds(),
        String.format(
            "measured on one core: a product of %d x %d matrices, a copy of %d MiB",
            SIDE, SIDE, ((long) COPIED * Float.BYTES) >> 20));
  }

  private static double productSeconds(DataType precision) {
    Shape square = new Shape(SIDE, SIDE);
    float[] ones = new float[SIDE * SIDE];
    Arrays.fill(ones, 1);
    try (CpuDevice device = CpuDevice.open(precision, VectorMath.fastest())) {
      Linear weights = device.pack(HostTensor.of("ones", square, ones), new float[SIDE]);
      Tensor x = device.allocate(DataType.F32, square);
      Tensor out = device.allocate(DataType.F32, square);
      device.upload(ones, x);
      return best(() -> device.linear(x, weights, out));
    }
  }

  /** Arrays that no cache holds. */
  private static double copySeconds() {
    float[] from = new float[COPIED];
    float[] to = new float[COPIED];
    return best(() -> System.arraycopy(from, 0, to, 0, COPIED));
  }

  private static double best(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / 1e9;
  }
}
