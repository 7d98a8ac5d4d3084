// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Linear;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The product to the words of each slot's shortlist.
 *
 * @param words of the vocabulary
 * @param shortlist how many of them a slot has at most, but for two that all have
 */
record ShortlistProductCase(Beams beams, int inputs, int words, int shortlist)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "linearToShortlists",
          ShortlistProductCase::of,
          List.of(
              new ShortlistProductCase(new Beams(3, 1, 4), 8, 40, 5),
              new ShortlistProductCase(new Beams(3, 4, 4), 64, 1000, 77),
              new ShortlistProductCase(new Beams(3, 5, 4), 13, 300, 300),
              new ShortlistProductCase(new Beams(3, 4, 4), 207, 3000, 600),
              new ShortlistProductCase(new Beams(3, 3, 4), 512, 90, 1)));

  private static final int END = 2;

  private static ShortlistProductCase of(Sizes sizes) {
    int words = sizes.network().vocabulary();
    return new ShortlistProductCase(
        Beams.of(sizes), sizes.network().width(), words, DrawnShortlists.usual(words));
  }

  @Override
  public String shape() {
    return String.format("%d x %d to %d of %d", beams.rows(), inputs, shortlist, words);
  }

  /** Returns the work of the shortlists alone, each word read once for all rows of its slot. */
  @Override
  public Work work(Types types) {
    double rows = beams.rows();
    return new Work(
        2 * rows * inputs * shortlist,
        (double) Math.min(words, beams.slots() * shortlist) * inputs * types.products().bytes()
            + rows * inputs * types.activations().bytes()
            + rows * shortlist * DataType.F32.bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    int rows = beams.rows();
    SlotState state = running(bench);
    DrawnShortlists shortlists =
        DrawnShortlists.draw(beams.slots(), words, shortlist, END).upload(bench, state);
    float[] numbers = bench.numbers(rows * inputs);
    float[] weight = bench.numbers(words * inputs);
    Tensor x = bench.upload(numbers, rows, inputs);
    Linear packed = bench.device().packForShortlists(Workbench.weights(weight, words));
    Tensor out = bench.allocateLogits(rows, words);
    TokenRows.Decoding tokens = bench.decoding(state, beams.fed());
    return PreparedOperation.of(
        () -> bench.device().linearToShortlists(x, packed, tokens, out),
        () -> {
          RealMatrix all =
              Reference.matrix(numbers, rows, inputs)
                  .multiply(Reference.matrix(weight, words, inputs).transpose());
          return deviation(bench, all, bench.download(out), shortlists);
        });
  }

  private SlotState running(Workbench bench) {
    SearchRules rules = new SearchRules(beams.size(), beams.size(), 0, 1, beams.positions(), END);
    SlotState state =
        SlotState.allocate(bench.device(), beams.slots(), 1, rules)
            .withShortlists(bench.device(), words);
    int[] status = new int[state.slots()];
    Arrays.fill(status, SlotState.RUNNING);
    bench.device().upload(status, state.progress().status());
    return state;
  }

  /** Compares the columns of the shortlists alone. */
  private Deviation deviation(
      Workbench bench, RealMatrix all, float[] actual, DrawnShortlists shortlists) {
    RealMatrix expected = MatrixUtils.createRealMatrix(beams.rows(), words);
    for (int row = 0; row < beams.rows(); row++) {
      for (int word = 0; word < words; word++) {
        if (shortlists.has(beams.slot(row), word)) {
          expected.setEntry(row, word, all.getEntry(row, word));
        } else {
          actual[row * words + word] = 0;
        }
      }
    }
    return bench.deviation(expected, actual, inputs);
  }
}
