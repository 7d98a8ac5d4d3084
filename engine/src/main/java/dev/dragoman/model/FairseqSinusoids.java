package dev.dragoman.model;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;

/**
 * The sinusoidal positions of fairseq and its models: sines, then cosines, with wavelengths from 2π
 * to 10,000·2π, both reached, and the first position after the padding token's.
 */
final class FairseqSinusoids {

  private FairseqSinusoids() {}

  /**
   * A table of positions × width, computed in double precision.
   *
   * @param pad the padding token's id, which fairseq counts positions from
   */
  static HostTensor table(int positions, int width, int pad) {
    int half = width / 2;
    float[] table = new float[positions * width];
    for (int i = 0; i < half; i++) {
      double frequency = Math.exp(-i * Math.log(10_000) / (half - 1));
      for (int position = 0; position < positions; position++) {
        double angle = (position + pad + 1) * frequency;
        table[position * width + i] = (float) Math.sin(angle);
        table[position * width + half + i] = (float) Math.cos(angle);
      }
    }
    return HostTensor.of("sinusoidal positions", new Shape(positions, width), table);
  }
}
