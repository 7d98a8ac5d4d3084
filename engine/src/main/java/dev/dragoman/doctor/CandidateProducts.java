package dev.dragoman.doctor;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.Arrays;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/** The product to the words that each slot chooses from. */
record CandidateProducts() implements Operation {
  private static final int END = 2;

  @Override
  public String title() {
    return "linearToShortlists";
  }

  @Override
  public String shape(Sizes sizes) {
    int words = sizes.network().vocabulary();
    return String.format(
        "%d x %d to %d of %d",
        sizes.batch().rows(), sizes.network().width(), CandidateLists.words(words), words);
  }

  /** Of the listed words alone, each read once for all rows of its slot. */
  @Override
  public Work work(Sizes sizes, Types types) {
    double listed = CandidateLists.words(sizes.network().vocabulary());
    double width = sizes.network().width();
    double rows = sizes.batch().rows();
    return new Work(
        2 * rows * width * listed,
        Math.min(sizes.network().vocabulary(), sizes.batch().slots() * listed)
                * width
                * types.products().bytes()
            + rows * width * types.activations().bytes()
            + rows * listed * Float.BYTES);
  }

  @Override
  public Trial prepare(Workbench bench, Sizes sizes) {
    int rows = sizes.batch().rows();
    int width = sizes.network().width();
    int words = sizes.network().vocabulary();
    SlotState state = running(bench, sizes);
    CandidateLists lists = CandidateLists.draw(state.slots(), words, END);
    lists.upload(bench, state);
    float[] x = bench.numbers(rows * width);
    float[] weight = bench.numbers(words * width);
    Tensor in = bench.upload(x, rows, width);
    Linear packed =
        bench.device().packForShortlists(HostTensor.of("weights", new Shape(words, width), weight));
    Tensor out = bench.allocateLogits(rows, words);
    TokenRows.Decoding tokens =
        new TokenRows.Decoding(bench.upload(Reference.range(0, rows)), state);
    return Trial.of(
        () -> bench.device().linearToShortlists(in, packed, tokens, out),
        () -> {
          RealMatrix all =
              Reference.linear(
                  Reference.matrix(x, rows, width),
                  Reference.matrix(weight, words, width),
                  Reference.vector(new float[words]));
          return deviation(bench, all, bench.download(out), lists, width);
        });
  }

  private static SlotState running(Workbench bench, Sizes sizes) {
    int beam = sizes.batch().beam();
    SearchRules rules = new SearchRules(beam, beam, 0, 1, sizes.batch().past(), END);
    SlotState state =
        SlotState.allocate(bench.device(), sizes.batch().slots(), 1, rules)
            .withShortlists(bench.device(), sizes.network().vocabulary());
    int[] status = new int[state.slots()];
    Arrays.fill(status, SlotState.RUNNING);
    bench.device().upload(status, state.status());
    return state;
  }

  /** What is not listed is not looked at. */
  private static Deviation deviation(
      Workbench bench, RealMatrix all, float[] actual, CandidateLists lists, int width) {
    int rows = all.getRowDimension();
    int words = all.getColumnDimension();
    RealMatrix expected = MatrixUtils.createRealMatrix(rows, words);
    int beam = rows / lists.of().size();
    for (int row = 0; row < rows; row++) {
      for (int word = 0; word < words; word++) {
        if (lists.has(row / beam, word)) {
          expected.setEntry(row, word, all.getEntry(row, word));
        } else {
          actual[row * words + word] = 0;
        }
      }
    }
    return bench.deviation(expected, actual, width);
  }
}
