// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Tensor;
import java.util.List;

/**
 * A product with a bias, as in the layers.
 *
 * @param rows of x
 * @param x its columns, the inputs
 * @param out the columns of the result
 */
record LinearCase(int rows, Columns x, Columns out) implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "linear",
          WordsCase::of,
          List.of(
              new LinearCase(1, Columns.all(13), Columns.all(207)),
              new LinearCase(13, Columns.all(207), Columns.all(13)),
              new LinearCase(207, Columns.all(64), Columns.all(1025)),
              new LinearCase(64, Columns.all(1025), Columns.all(96)),
              new LinearCase(2, Columns.all(1), Columns.all(1)),
              new LinearCase(5, Columns.all(256), Columns.all(768)),
              new LinearCase(7, new Columns(64, 32, 96), new Columns(3, 32, 100))));

  @Override
  public String shape() {
    return String.format("%d x %d to %d", rows, x.count(), out.count());
  }

  @Override
  public Work work(Types types) {
    return Work.product(rows, x.count(), out.count(), types, types.activations());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    float[] numbers = bench.numbers(rows * x.of());
    float[] weight = bench.numbers(out.count() * x.count());
    float[] bias = bench.numbers(out.count());
    Tensor from = x.of(bench.upload(numbers, rows, x.of()));
    Linear weights = bench.pack(weight, bias);
    Tensor wide = bench.allocate(rows, out.of());
    Tensor to = out.of(wide);
    return PreparedOperation.of(
        () -> bench.device().linear(from, weights, to),
        () ->
            bench.deviation(
                out.within(
                    Reference.linear(
                        x.of(Reference.matrix(numbers, rows, x.of())),
                        Reference.matrix(weight, out.count(), x.count()),
                        Reference.vector(bias))),
                wide,
                x.count()));
  }

  /**
   * The product to the words: the largest of a step, without a bias.
   *
   * @param rows of x
   */
  record WordsCase(int rows, int inputs, int words) implements OperationCase {

    static WordsCase of(Sizes sizes) {
      return new WordsCase(
          sizes.batch().rows(), sizes.network().width(), sizes.network().vocabulary());
    }

    @Override
    public String shape() {
      return String.format("%d x %d to %d", rows, inputs, words);
    }

    @Override
    public Work work(Types types) {
      return Work.product(rows, inputs, words, types, DataType.F32);
    }

    @Override
    public PreparedOperation prepare(Workbench bench) {
      float[] numbers = bench.numbers(rows * inputs);
      float[] weight = bench.numbers(words * inputs);
      Tensor x = bench.upload(numbers, rows, inputs);
      Linear packed = bench.device().packWords(Workbench.weights(weight, words));
      Tensor out = bench.allocateLogits(rows, words);
      return PreparedOperation.of(
          () -> bench.device().linear(x, packed, out),
          () ->
              bench.deviation(
                  Reference.linear(
                      Reference.matrix(numbers, rows, inputs),
                      Reference.matrix(weight, words, inputs),
                      Reference.vector(new float[words])),
                  out,
                  inputs));
    }
  }
}
