package dev.dragoman.model;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;

/**
 * The sinusoidal positions of "Attention Is All You Need", section 3.5, in Marian's order: the
 * sines of all frequencies, then the cosines, where the paper has them alternate.
 */
final class Sinusoids {

  private Sinusoids() {}

  /** A table of positions × width, computed in double precision. */
  static HostTensor table(int positions, int width) {
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
}
