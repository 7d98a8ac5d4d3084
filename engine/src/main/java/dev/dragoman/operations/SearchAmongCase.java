// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Linear;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WordSearch;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The projection to the words and a step of the search; the scores of the beams are compared.
 *
 * @param rules of the search
 * @param rows that are fed, each the first of its slot: in its first step a slot has one
 * @param width the inputs of the product
 * @param words of the vocabulary
 */
record SearchAmongCase(SearchRules rules, int rows, int width, int words) implements OperationCase {
  static final Operation OPERATION = new Operation("searchAmong", SearchAmongCase::of);

  private static final int START = 1;
  private static final int END = 2;
  private static final int SOURCE = 3;

  private static SearchAmongCase of(Sizes sizes) {
    int beam = sizes.batch().beam();
    SearchRules rules = new SearchRules(beam, beam, 0, 1, sizes.batch().past(), END);
    return new SearchAmongCase(
        rules, sizes.batch().rows(), sizes.network().width(), sizes.network().vocabulary());
  }

  @Override
  public String shape() {
    return String.format(
        "%d x %d to %d, beam %d, with its bind", rows, width, words, rules.beamSize());
  }

  @Override
  public Work work(Types types) {
    return Work.product(rows, width, words, types, DataType.F32);
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    SlotState state = SlotState.allocate(bench.device(), rows, rows * SOURCE, rules);
    Binding binding = bench.bindAll(state, SOURCE);
    float[] numbers = bench.numbers(rows * width);
    float[] weight = bench.numbers(words * width);
    float[] bias = bench.numbers(words);
    Tensor x = bench.upload(numbers, rows, width);
    Linear packed = bench.device().packWords(Workbench.weights(weight, words));
    Tensor biases = bench.uploadFloats(bias, words, 1);
    WordSearch search = bench.device().searchAmong(packed, biases, state, rows);
    int[] first = IntStream.range(0, rows).map(slot -> slot * rules.beamSize()).toArray();
    TokenRows.Decoding tokens = bench.decoding(state, first);
    return PreparedOperation.of(
        () -> {
          bench.device().bind(binding, START);
          search.advance(x, tokens);
        },
        () -> {
          RealMatrix logits =
              Reference.linear(
                  Reference.matrix(numbers, rows, width),
                  Reference.matrix(weight, words, width),
                  Reference.vector(bias));
          return bench.deviation(bestScores(logits), state.beams().scores(), width);
        });
  }

  /** Returns the logarithms of the highest probabilities of each row, one after the other. */
  private RealMatrix bestScores(RealMatrix logits) {
    int beam = rules.beamSize();
    double[] scores = new double[rows * beam];
    for (int row = 0; row < rows; row++) {
      double[] rising = logits.getRow(row);
      rising[END] = Double.NEGATIVE_INFINITY; // no hypothesis ends in its first step
      Arrays.sort(rising);
      double highest = rising[rising.length - 1];
      double sum = Arrays.stream(rising).map(logit -> Math.exp(logit - highest)).sum();
      for (int i = 0; i < beam; i++) {
        scores[row * beam + i] = rising[rising.length - 1 - i] - highest - Math.log(sum);
      }
    }
    return new Array2DRowRealMatrix(scores);
  }
}
