// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;

/**
 * The weights of the product to the words, one row for each, in float32 whatever the precision of
 * other products is: where a row of x needs a few words, their weights are read where they lie, and
 * nothing is packed. Immutable.
 */
final class WordRows implements Linear {
  /** Rows are filled up with zeros to a multiple of so many numbers. */
  private static final int LANES = 16;

  private final float[] numbers;
  private final int inputs;
  private final int outputs;
  private final int stride;

  WordRows(HostTensor weight) {
    this.inputs = weight.shape().columns();
    this.outputs = weight.shape().rows();
    this.stride = padded(inputs);
    float[] dense = weight.floats();
    if (stride == inputs) {
      this.numbers = dense;
    } else {
      this.numbers = new float[Math.multiplyExact(outputs, stride)];
      for (int word = 0; word < outputs; word++) {
        System.arraycopy(dense, word * inputs, numbers, word * stride, inputs);
      }
    }
  }

  private static int padded(int numbers) {
    return (numbers + LANES - 1) / LANES * LANES;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  /** Returns the numbers word after word, {@link #stride} apart. */
  float[] numbers() {
    return numbers;
  }

  int stride() {
    return stride;
  }

  long bytes() {
    return (long) numbers.length * Float.BYTES;
  }
}
