package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import java.util.Random;

/**
 * Multiplies the same rows in batches of different sizes. The largest batch repeats them over and
 * over, so that a row is seen at many places.
 */
final class BatchTrial implements AutoCloseable {
  private static final int REPEATED = 256;

  private final Execution execution;
  private final MatrixProduct product;
  private final CudaLinear weights;
  private final DeviceMemory memory;
  private final CudaTensor x;
  private final CudaTensor out;
  private final CudaTensor expected;
  private final CudaTensor found;
  private final CudaCopies copies;

  /**
   * Multiplies the largest batch.
   *
   * @param most its rows
   */
  BatchTrial(
      Execution execution, MatrixProduct product, CudaLinear weights, DataType out, int most) {
    this.execution = execution;
    this.product = product;
    this.weights = new CudaLinear(weights.weights(), weights.bias(), false);
    this.copies = new CudaCopies(execution);
    this.memory = execution.gpu().temporaryMemory();
    int repeated = Math.min(REPEATED, most);
    try {
      this.x = take(weights.weights().type(), most, weights.inputs());
      this.out = take(out, most, weights.outputs());
      this.expected = take(out, repeated, weights.outputs());
      this.found = take(DataType.I32, 1, 1);
      copies.upload(numbers(repeated * weights.inputs()), x.rows(0, repeated));
      for (int first = repeated; first < most; first += repeated) {
        copies.copy(x.rows(0, repeated), x.rows(first, repeated));
      }
      multiply(most);
      copies.copy(this.out.rows(0, repeated), expected);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private CudaTensor take(DataType type, int rows, int columns) {
    Shape shape = new Shape(rows, columns);
    return CudaTensor.contiguous(memory.take((long) shape.size() * type.bytes()), type, shape);
  }

  private static float[] numbers(int count) {
    Random random = new Random(1);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private void multiply(int rows) {
    product.multiply(x.rows(0, rows), weights, Activation.NONE, out.rows(0, rows));
  }

  /** Whether every row of a batch of this size has the bits that it has in the largest one. */
  boolean agrees(int rows) {
    multiply(rows);
    copies.fillWithZeros(found);
    int halves = out.type().bytes() / 2;
    execution.launch(
        "find_difference",
        Grid.of(rows, 128),
        found,
        out,
        expected,
        expected.count(),
        out.width() * halves);
    int[] differences = new int[1];
    copies.download(found, differences);
    return differences[0] == 0;
  }

  @Override
  public void close() {
    execution.synchronize();
    memory.close();
  }
}
