// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.Difference;
import dev.dragoman.device.cuda.launch.FindDifference;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Originals;
import dev.dragoman.device.cuda.launch.Repeats;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multiplies the same rows in batches of different sizes. The largest batch repeats them over and
 * over, so that a row is seen at many places.
 */
final class BatchTrial implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BatchTrial.class);
  private static final int REPEATED = 256;

  private final Execution execution;
  private final ProductShape shape;
  private final List<Integer> strides;
  private final DeviceMemory memory;
  private final CudaCopies copies;
  private final CudaTensor x;
  private final CudaTensor out;
  private final CudaTensor expected;
  private final CudaTensor found;

  /** Something that multiplies rows by the weights. */
  interface Way {
    /** Enqueues one product. */
    void multiply(CudaTensor x, CudaTensor out);
  }

  /**
   * Takes the memory for the trial.
   *
   * @param most rows of the largest batch
   * @param strides numbers from one row of results to the next, each of which is tried
   */
  BatchTrial(Execution execution, ProductShape shape, int most, List<Integer> strides) {
    this.execution = execution;
    this.shape = shape;
    this.strides = strides;
    this.copies = new CudaCopies(execution);
    this.memory = execution.gpu().temporaryMemory();
    int repeated = Math.min(REPEATED, most);
    int widest = Collections.max(strides);
    try {
      this.x = take(shape.type(), most, shape.inputs());
      this.out = take(shape.out(), most, widest);
      this.expected = take(shape.out(), repeated, widest);
      this.found = take(DataType.I32, 1, 1);
      copies.upload(numbers(repeated * shape.inputs()), x.rows(0, repeated));
      for (int first = repeated; first < most; first += repeated) {
        copies.copy(x.rows(0, repeated), x.rows(first, repeated));
      }
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private CudaTensor take(DataType type, int rows, int columns) {
    Shape taken = new Shape(rows, columns);
    return CudaTensor.contiguous(memory.take((long) taken.size() * type.bytes()), type, taken);
  }

  private static float[] numbers(int count) {
    Random random = new Random(1);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** Returns the number of rows that suits all strides; see {@link BatchInvariance#leastRows}. */
  OptionalInt leastRows(Way way) {
    int least = 1;
    for (int stride : strides) {
      OptionalInt ofStride = leastRows(way, stride);
      if (ofStride.isEmpty()) {
        return ofStride;
      }
      least = Math.max(least, ofStride.getAsInt());
    }
    return OptionalInt.of(least);
  }

  private OptionalInt leastRows(Way way, int stride) {
    copies.fillWithZeros(out); // nobody writes between the rows
    if (!multiplies(way, x.count(), stride)) {
      return OptionalInt.empty();
    }
    copies.copy(rows(out, expected.count(), stride), rows(expected, expected.count(), stride));
    return BatchInvariance.leastRows(x.count(), rows -> agrees(way, rows, stride));
  }

  /**
   * Returns a contiguous view whose rows have {@code stride} columns, so that it includes what lies
   * between the rows.
   */
  private static CudaTensor rows(CudaTensor of, int rows, int stride) {
    return CudaTensor.contiguous(of.pointer(), of.type(), new Shape(rows, stride));
  }

  private boolean agrees(Way way, int rows, int stride) {
    if (!multiplies(way, rows, stride)) {
      return false;
    }
    copies.fillWithZeros(found);
    execution.launch(
        Kernels.find_difference,
        Grid.of(rows),
        new FindDifference(
            new Difference(found),
            new Repeats(out),
            new Originals(expected),
            expected.count(),
            stride * (out.type().bytes() / Short.BYTES)));
    int[] differences = new int[1];
    copies.download(found, differences);
    return differences[0] == 0;
  }

  /** Returns whether the way accepts a product of so many rows. */
  private boolean multiplies(Way way, int rows, int stride) {
    try {
      multiply(way, rows, stride);
      return true;
    } catch (CudaFailure e) {
      log.debug("{}: {} rows are refused", shape, rows, e);
      return false;
    }
  }

  private void multiply(Way way, int rows, int stride) {
    way.multiply(x.rows(0, rows), rows(out, rows, stride).columns(0, shape.outputs()));
  }

  /**
   * Returns the seconds of a product of so many rows, or of the largest batch if that is smaller;
   * infinity if the product is refused.
   */
  double seconds(Way way, int rows) {
    int count = Math.min(rows, x.count());
    int stride = strides.get(0);
    return multiplies(way, count, stride)
        ? execution.seconds(() -> multiply(way, count, stride))
        : Double.POSITIVE_INFINITY;
  }

  @Override
  public void close() {
    execution.synchronize();
    memory.close();
  }
}
