package dev.dragoman.doctor;

import dev.dragoman.device.Binding;
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

/** The slots' start, and the steps of the search. */
final class SearchOperations {
  private static final int START = 1;
  private static final int END = 2;
  private static final int SOURCE = 3;

  private SearchOperations() {}

  /** Slots become ready for new sentences. */
  record Bind() implements Operation {
    @Override
    public String title() {
      return "bind";
    }

    @Override
    public String shape(Sizes sizes) {
      return sizes.batch().slots() + " slots, beam " + sizes.batch().beam();
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return Work.bytes(Integer.BYTES * 9.0 * sizes.batch().rows());
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      SlotState state = state(bench, sizes, sizes.batch().slots());
      Binding binding = bindAll(bench, state);
      int[] running = new int[state.slots()];
      Arrays.fill(running, SlotState.RUNNING);
      int[] lengths = new int[state.slots()];
      Arrays.fill(lengths, SOURCE);
      return Trial.of(
          () -> bench.device().bind(binding, START),
          () ->
              equal("status", running, bench.downloadIntegers(state.status()))
                  .or(equal("lengths", lengths, bench.downloadIntegers(state.sourceLengths())))
                  .or(
                      equal(
                          "starts",
                          bench.downloadIntegers(binding.starts()),
                          bench.downloadIntegers(state.sourceStarts()))));
    }

    private static Deviation equal(String what, int[] expected, int[] actual) {
      return Arrays.equals(expected, actual)
          ? Deviation.NONE
          : Deviation.wrong(
              what + ": " + Arrays.toString(actual) + ", not " + Arrays.toString(expected));
    }
  }

  /** One step of the search; whole searches are compared. */
  record Advance() implements Operation {
    @Override
    public String title() {
      return "advance";
    }

    @Override
    public String shape(Sizes sizes) {
      return String.format(
          "%d x %d, beam %d, with its bind",
          sizes.batch().rows(), sizes.network().vocabulary(), sizes.batch().beam());
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      double logits = (double) sizes.batch().rows() * sizes.network().vocabulary();
      return Work.bytes(logits * Float.BYTES);
    }

    /** As many slots as there are rows: in its first step a slot has one. */
    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int rows = sizes.batch().rows();
      SlotState state = state(bench, sizes, rows);
      Binding binding = bindAll(bench, state);
      int words = sizes.network().vocabulary();
      Tensor logits = bench.uploadFloats(bench.numbers(rows * words), rows, words);
      Tensor bias = bench.uploadFloats(bench.numbers(words), words, 1);
      int[] first = new int[rows];
      for (int slot = 0; slot < rows; slot++) {
        first[slot] = slot * sizes.batch().beam();
      }
      TokenRows.Decoding tokens = new TokenRows.Decoding(bench.upload(first), state);
      return Trial.of(
          () -> {
            bench.device().bind(binding, START);
            bench.device().advance(logits, bias, tokens);
          },
          () -> {
            SlotState few = state(bench, sizes, Math.min(3, sizes.batch().slots()));
            return new WholeSearch(bench, few, words).deviation(bindAll(bench, few), START);
          });
    }
  }

  /** The same, where each slot chooses from words of its own. */
  record AdvanceCandidates() implements Operation {
    @Override
    public String title() {
      return "advance, candidates";
    }

    @Override
    public String shape(Sizes sizes) {
      int words = sizes.network().vocabulary();
      return String.format(
          "%d x %d of %d, beam %d, with its bind",
          sizes.batch().rows(), CandidateLists.words(words), words, sizes.batch().beam());
    }

    /** A word's number and its logit. */
    @Override
    public Work work(Sizes sizes, Types types) {
      double listed = CandidateLists.words(sizes.network().vocabulary());
      return Work.bytes(sizes.batch().rows() * listed * (Integer.BYTES + Float.BYTES));
    }

    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int rows = sizes.batch().rows();
      int words = sizes.network().vocabulary();
      SlotState state = state(bench, sizes, rows).withShortlists(bench.device(), words);
      CandidateLists.draw(rows, words, END).upload(bench, state);
      Binding binding = bindAll(bench, state);
      Tensor logits = bench.uploadFloats(bench.numbers(rows * words), rows, words);
      Tensor bias = bench.uploadFloats(bench.numbers(words), words, 1);
      int beam = sizes.batch().beam();
      int[] first = IntStream.range(0, rows).map(slot -> slot * beam).toArray();
      TokenRows.Decoding tokens = new TokenRows.Decoding(bench.upload(first), state);
      return Trial.of(
          () -> {
            bench.device().bind(binding, START);
            bench.device().advance(logits, bias, tokens);
          },
          () -> {
            SlotState few =
                state(bench, sizes, Math.min(3, sizes.batch().slots()))
                    .withShortlists(bench.device(), words);
            return new WholeSearch(bench, few, words).deviation(bindAll(bench, few), START);
          });
    }
  }

  /** The projection to the words and a step of the search; the scores of its beams are compared. */
  record SearchAmong() implements Operation {
    @Override
    public String title() {
      return "searchAmong";
    }

    @Override
    public String shape(Sizes sizes) {
      return String.format(
          "%d x %d to %d, beam %d, with its bind",
          sizes.batch().rows(),
          sizes.network().width(),
          sizes.network().vocabulary(),
          sizes.batch().beam());
    }

    @Override
    public Work work(Sizes sizes, Types types) {
      return new ProductOperations.OutputWords().work(sizes, types);
    }

    /** As many slots as there are rows: in its first step a slot has one. */
    @Override
    public Trial prepare(Workbench bench, Sizes sizes) {
      int rows = sizes.batch().rows();
      int width = sizes.network().width();
      int words = sizes.network().vocabulary();
      int beam = sizes.batch().beam();
      SlotState state = state(bench, sizes, rows);
      Binding binding = bindAll(bench, state);
      float[] x = bench.numbers(rows * width);
      float[] weight = bench.numbers(words * width);
      float[] bias = bench.numbers(words);
      Tensor in = bench.upload(x, rows, width);
      Linear packed = bench.packWords(weight, words);
      WordSearch search =
          bench.device().searchAmong(packed, bench.uploadFloats(bias, words, 1), state, rows);
      int[] first = IntStream.range(0, rows).map(slot -> slot * beam).toArray();
      TokenRows.Decoding tokens = new TokenRows.Decoding(bench.upload(first), state);
      return Trial.of(
          () -> {
            bench.device().bind(binding, START);
            search.advance(in, tokens);
          },
          () -> {
            RealMatrix logits =
                Reference.linear(
                    Reference.matrix(x, rows, width),
                    Reference.matrix(weight, words, width),
                    Reference.vector(bias));
            return bench.deviation(bestScores(logits, beam), state.scores(), width);
          });
    }

    /** The logarithms of the highest probabilities of each row, one after the other. */
    private static RealMatrix bestScores(RealMatrix logits, int beam) {
      double[] scores = new double[logits.getRowDimension() * beam];
      for (int row = 0; row < logits.getRowDimension(); row++) {
        double[] words = logits.getRow(row);
        words[END] = Double.NEGATIVE_INFINITY; // no hypothesis ends in its first step
        Arrays.sort(words);
        double highest = words[words.length - 1];
        double sum = Arrays.stream(words).map(word -> Math.exp(word - highest)).sum();
        for (int i = 0; i < beam; i++) {
          scores[row * beam + i] = words[words.length - 1 - i] - highest - Math.log(sum);
        }
      }
      return new Array2DRowRealMatrix(scores);
    }
  }

  private static SlotState state(Workbench bench, Sizes sizes, int slots) {
    int beam = sizes.batch().beam();
    SearchRules rules = new SearchRules(beam, beam, 0, 1, sizes.batch().past(), END);
    return SlotState.allocate(bench.device(), slots, slots * SOURCE, rules);
  }

  /** A source of a few tokens for each slot. */
  private static Binding bindAll(Workbench bench, SlotState state) {
    int[] starts = new int[state.slots()];
    for (int slot = 0; slot < starts.length; slot++) {
      starts[slot] = slot * SOURCE;
    }
    return new Binding(
        bench.sentences(starts.length * SOURCE, SOURCE),
        bench.upload(Reference.range(0, starts.length)),
        bench.upload(starts),
        state);
  }
}
