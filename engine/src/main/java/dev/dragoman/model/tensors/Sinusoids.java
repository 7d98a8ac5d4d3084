// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;

/**
 * The sinusoidal positions of "Attention Is All You Need", section 3.5, in the order that all
 * formats have: the sines of all frequencies, then the cosines, where the paper has them alternate.
 */
public final class Sinusoids {

  /** The smallest number of half precision above zero. */
  private static final double LEAST_HALF = 0x1p-24;

  private Sinusoids() {}

  /**
   * Returns a table of positions × width, computed in double precision, with the paper's
   * wavelengths: MarianMT's, and those with which CTranslate2's converter stores a Marian model.
   */
  public static HostTensor table(int positions, int width) {
    int sines = (width + 1) / 2;
    float[] table = new float[positions * width];
    for (int column = 0; column < width; column++) {
      int frequency = column < sines ? column : column - sines;
      double wavelength = Math.pow(10_000, 2.0 * frequency / width);
      for (int position = 0; position < positions; position++) {
        double angle = position / wavelength;
        table[position * width + column] =
            (float) (column < sines ? Math.sin(angle) : Math.cos(angle));
      }
    }
    return HostTensor.of("sinusoidal positions", new Shape(positions, width), table);
  }

  /**
   * Returns the positions of tensor2tensor, as Marian, OpenNMT, CTranslate2 and fairseq compute
   * them: the wavelengths reach from 2π to 10,000·2π, both included, where the paper's end before.
   *
   * @param first the position of the first token: 0 in Marian, 1 in CTranslate2
   * @param positions how many there are
   * @param width even, at least 4
   * @return positions × width, computed in double precision
   */
  public static HostTensor tensor2tensor(int first, int positions, int width) {
    int sines = width / 2;
    float[] table = new float[positions * width];
    for (int column = 0; column < sines; column++) {
      double wavelength = Math.pow(10_000, column / (sines - 1.0));
      for (int row = 0; row < positions; row++) {
        double angle = (first + row) / wavelength;
        table[row * width + column] = (float) Math.sin(angle);
        table[row * width + sines + column] = (float) Math.cos(angle);
      }
    }
    return HostTensor.of("sinusoidal positions", new Shape(positions, width), table);
  }

  /**
   * Returns the exact sinusoids in place of the same rounded to float16 or bfloat16, as converters
   * store them; any other table as it is.
   */
  public static HostTensor unrounded(HostTensor stored) {
    double unit =
        switch (stored.type()) {
          case F16 -> 0x1p-11;
          case BF16 -> 0x1p-8;
          case F32, I8, I32 -> 0;
        };
    if (unit == 0) {
      return stored;
    }
    HostTensor exact = table(stored.shape().rows(), stored.shape().columns());
    float[] wanted = exact.floats();
    float[] rounded = stored.floats();
    for (int i = 0; i < wanted.length; i++) {
      if (Math.abs(wanted[i] - rounded[i]) > unit * Math.abs(wanted[i]) + LEAST_HALF) {
        return stored;
      }
    }
    return exact;
  }
}
