// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Activation;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Tensor;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The two products of a feed-forward layer around their activation.
 *
 * @param rows of x
 * @param inner hidden numbers of a row
 */
record FeedForwardCase(int rows, int width, int inner, Activation activation)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "feedForward",
          FeedForwardCase::of,
          Stream.of(Activation.values())
              .map(activation -> new FeedForwardCase(13, 64, 207, activation))
              .toList());

  private static FeedForwardCase of(Sizes sizes) {
    return new FeedForwardCase(
        sizes.batch().rows(),
        sizes.network().width(),
        sizes.network().feedForward(),
        Activation.RELU);
  }

  @Override
  public String shape() {
    return String.format("%d x %d to %d to %d", rows, width, inner, width);
  }

  @Override
  public Work work(Types types) {
    return Work.feedForward(rows, width, inner, types);
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    float[] x = bench.numbers(rows * width);
    float[] w1 = bench.numbers(inner * width);
    float[] b1 = bench.numbers(inner);
    float[] w2 = bench.numbers(width * inner);
    float[] b2 = bench.numbers(width);
    Tensor in = bench.upload(x, rows, width);
    FeedForwardWeights weights =
        new FeedForwardWeights(bench.pack(w1, b1), activation, bench.pack(w2, b2));
    Tensor out = bench.allocate(rows, width);
    return PreparedOperation.of(
        () -> bench.device().feedForward(in, weights, out),
        () -> {
          RealMatrix expected =
              Reference.feedForward(
                  Reference.matrix(x, rows, width),
                  Reference.matrix(w1, inner, width),
                  Reference.vector(b1),
                  activation,
                  Reference.matrix(w2, width, inner),
                  Reference.vector(b2));
          return bench.deviation(expected, out, width + inner);
        });
  }
}
