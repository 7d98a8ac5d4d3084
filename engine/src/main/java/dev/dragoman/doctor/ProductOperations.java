package dev.dragoman.doctor;

import dev.dragoman.device.Activation;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Tensor;
import java.util.function.Supplier;
import org.apache.commons.math3.linear.RealMatrix;

/** Products with weights. */
final class ProductOperations {
  private ProductOperations() {}

  /** The output words: the largest product of a step. */
  record OutputWords() implements Operation {
    @Override
    public String title() {
      return "linear";
    }

    @Override
    public String shape(Sizes sizes) {
      return String.format(
          "%d x %d to %d",
          sizes.batch().rows(), sizes.network().width(), sizes.network().vocabulary());
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return product(
          sizes.batch().rows(), sizes.network().width(), sizes.network().vocabulary(), types);
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int rows = sizes.batch().rows();
      int width = sizes.network().width();
      int words = sizes.network().vocabulary();
      float[] x = bench.numbers(rows * width);
      float[] weight = bench.numbers(words * width);
      Tensor in = bench.upload(x, rows, width);
      Linear packed = bench.packWords(weight, words);
      Tensor out = bench.allocateLogits(rows, words);
      return Trial.of(
          () -> bench.device().linear(in, packed, out),
          () ->
              bench.deviation(
                  Reference.linear(
                      Reference.matrix(x, rows, width),
                      Reference.matrix(weight, words, width),
                      Reference.vector(new float[words])),
                  out,
                  width));
    }
  }

  /** The two products of a layer around their activation. */
  record FeedForward() implements Operation {
    @Override
    public String title() {
      return "feedForward";
    }

    @Override
    public String shape(Sizes sizes) {
      int width = sizes.network().width();
      return String.format(
          "%d x %d to %d to %d", sizes.batch().rows(), width, sizes.network().feedForward(), width);
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      double weights = 2.0 * sizes.network().width() * sizes.network().feedForward();
      double numbers = 2.0 * sizes.batch().rows() * sizes.network().width();
      return new Work(
          2 * sizes.batch().rows() * weights,
          weights * types.products().bytes() + numbers * types.activations().bytes());
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int rows = sizes.batch().rows();
      int width = sizes.network().width();
      int inner = sizes.network().feedForward();
      float[] x = bench.numbers(rows * width);
      float[] w1 = bench.numbers(inner * width);
      float[] b1 = bench.numbers(inner);
      float[] w2 = bench.numbers(width * inner);
      float[] b2 = bench.numbers(width);
      Tensor in = bench.upload(x, rows, width);
      FeedForwardWeights weights =
          new FeedForwardWeights(bench.pack(w1, b1), Activation.RELU, bench.pack(w2, b2));
      Tensor out = bench.allocate(rows, width);
      Supplier<RealMatrix> reference =
          () ->
              Reference.linear(
                  Reference.map(
                      Reference.linear(
                          Reference.matrix(x, rows, width),
                          Reference.matrix(w1, inner, width),
                          Reference.vector(b1)),
                      Reference.activation(Activation.RELU)),
                  Reference.matrix(w2, width, inner),
                  Reference.vector(b2));
      return Trial.of(
          () -> bench.device().feedForward(in, weights, out),
          () -> bench.deviation(reference.get(), out, width + inner));
    }
  }

  /** With results in float32, as logits are. */
  private static Work product(int rows, int inputs, int outputs, Types types) {
    return new Work(
        2.0 * rows * inputs * outputs,
        (double) inputs * outputs * types.products().bytes()
            + (double) rows * inputs * types.activations().bytes()
            + (double) rows * outputs * Float.BYTES);
  }
}
