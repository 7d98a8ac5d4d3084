// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.operations.DrawnShortlists;
import dev.dragoman.operations.Workbench;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What steps of the search do to the state of the slots, besides what whole searches come to. */
interface SearchContract extends OnWorkbench {
  @Test
  default void advanceDoesNotReadWhatIsNotInTheShortlist() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device(), 1, 8, rules).withShortlists(device(), 100);
    bindAll(state);
    new DrawnShortlists(List.of(new int[] {0, 3, 17, 64, 99})).upload(bench(), state);
    float[] logits = new float[100];
    Arrays.fill(logits, Float.NaN);
    logits[0] = 5;
    logits[3] = logits[17] = logits[64] = 1;
    logits[99] = -1;
    TokenRows.Decoding tokens = bench().decoding(state, 0);
    device().advance(bench().uploadFloats(logits, 1, 100), noBias(100), tokens);
    assertArrayEquals(
        new int[] {SlotState.RUNNING}, bench().downloadIntegers(state.progress().status()));
    int[] fed = bench().downloadIntegers(state.beams().tokens());
    assertEquals(3, fed[1], "of equal ones the lower word");
    assertEquals(17, fed[rules.maxLength() + 1]);
    double sum = 3 * Math.exp(1) + Math.exp(-1);
    assertEquals(
        1 - Math.log(sum),
        bench().download(state.beams().scores())[0],
        1e-5,
        "the end is not allowed yet");
  }

  @Test
  default void advanceTakesTheLowerIndexOfEqualScores() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device(), 1, 8, rules);
    bindAll(state);
    device()
        .advance(
            bench().uploadFloats(new float[100], 1, 100), noBias(100), bench().decoding(state, 0));
    int[] tokens = bench().downloadIntegers(state.beams().tokens());
    assertEquals(1, tokens[1]);
    assertEquals(2, tokens[rules.maxLength() + 1]);
  }

  /**
   * A kernel may share a row out among threads. It could lose tokens where all of the best are one
   * thread's, and where each token is better or worse than the one before.
   */
  @ParameterizedTest
  @CsvSource({"8,5003,1024", "8,5003,1", "4,5003,4", "16,9001,1024", "20,9001,4096", "1,8001,256"})
  default void advanceFindsTheBestWhereverTheyLie(int beam, int vocabulary, int apart) {
    SearchRules rules = new SearchRules(beam, beam, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device(), 3, 8, rules);
    bindAll(state);
    float[] logits = new float[3 * vocabulary];
    int[] best = new int[beam];
    int next = 8;
    for (int rank = 0; rank < 3 * beam; rank++) { // as many as can be found, and more
      if (rank < beam) {
        best[rank] = next;
      }
      logits[next] = 50 - rank * 0.125f;
      next += apart;
      if (next >= vocabulary) {
        next = next % apart + 1;
      }
    }
    for (int token = 0; token < vocabulary; token++) {
      logits[vocabulary + token] = token * 0.125f; // each better than all before
      logits[2 * vocabulary + token] = -token * 0.125f;
    }
    int[] rows = {0, beam, 2 * beam};
    device()
        .advance(
            bench().uploadFloats(logits, 3, vocabulary),
            noBias(vocabulary),
            bench().decoding(state, rows));
    int[] tokens = bench().downloadIntegers(state.beams().tokens());
    for (int rank = 0; rank < beam; rank++) {
      assertEquals(best[rank], tokens[rank * 4 + 1], "rank " + rank);
      assertEquals(vocabulary - 1 - rank, tokens[(beam + rank) * 4 + 1], "rising, rank " + rank);
      assertEquals(1 + rank, tokens[(2 * beam + rank) * 4 + 1], "falling, rank " + rank);
    }
  }

  @Test
  default void advanceLeavesSlotsAloneThatAreNotRunning() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device(), 2, 8, rules);
    Binding first =
        new Binding(
            new TokenRows.Packed(
                bench().upload(new int[1]), bench().upload(new int[1]), bench().upload(0, 1)),
            bench().upload(0),
            bench().upload(0),
            state);
    device().bind(first, 1);
    device()
        .advance(
            bench().uploadFloats(bench().numbers(3 * 50), 3, 50),
            noBias(50),
            bench().decoding(state, 0, 2, 2));
    assertArrayEquals(
        new int[] {SlotState.RUNNING, SlotState.IDLE},
        bench().downloadIntegers(state.progress().status()));
    assertArrayEquals(new int[] {1, 0}, bench().downloadIntegers(state.progress().steps()));
  }

  @Test
  default void aSlotThatHasFinishedCanBeFedWithoutEffect() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 3, 0);
    SlotState state = SlotState.allocate(device(), 2, 8, rules);
    bindAll(state);
    TokenRows.Decoding first = bench().decoding(state, 0);
    TokenRows.Decoding both = bench().decoding(state, 0, 1);
    float[] unlikely = bench().numbers(2 * 50);
    unlikely[0] = unlikely[50] = -100; // the end
    Tensor logits = bench().uploadFloats(unlikely, 2, 50);
    device().advance(logits.rows(0, 1), noBias(50), first);
    device().advance(logits, noBias(50), both);
    device().advance(logits, noBias(50), both); // the last
    assertArrayEquals(
        new int[] {SlotState.FINISHED, SlotState.RUNNING},
        bench().downloadIntegers(state.progress().status()));
    int[] tokens = bench().downloadIntegers(state.hypotheses().tokens());

    KeyValueCache cache = device().allocateCache(new Shape(2 * 2 * 3, 8), 2);
    float[] other = bench().numbers(2 * 8);
    TokenRows.Decoding second = bench().decoding(state, 2);
    Tensor keys = bench().upload(other, 2, 8);
    device().appendKeysValues(keys.rows(0, 1), keys.rows(1, 1), second, cache);
    Tensor more = bench().upload(bench().numbers(2 * 8), 2, 8);
    device().appendKeysValues(more, more, both, cache);
    device().advance(logits, noBias(50), both);

    float[] kept = Arrays.copyOfRange(bench().download(cache.keys()), 6 * 8, 7 * 8);
    assertArrayEquals(Arrays.copyOf(other, 8), kept, 1e-2f, "the other slot's first key");
    assertArrayEquals(tokens, bench().downloadIntegers(state.hypotheses().tokens()));
    assertArrayEquals(new int[] {2, 0}, bench().downloadIntegers(state.hypotheses().counts()));
    assertArrayEquals(new int[] {2, 0}, bench().downloadIntegers(state.progress().steps()));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  default void advanceFailsASlotWhoseLogitsAreNotFiniteAndNoOther(float bad) {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device(), 2, 8, rules);
    bindAll(state);
    float[] logits = bench().numbers(2 * 50);
    logits[37] = bad;
    device()
        .advance(bench().uploadFloats(logits, 2, 50), noBias(50), bench().decoding(state, 0, 2));
    assertArrayEquals(
        new int[] {SlotState.FAILED, SlotState.RUNNING},
        bench().downloadIntegers(state.progress().status()));
  }

  /** The vocabulary is larger than what a device may look at in one piece. */
  @ParameterizedTest
  @CsvSource({"1,1,-1", "4,3,-1", "4,1,7"})
  default void searchAmongWordsIsTheirProductAndAStep(int beam, int minLength, int firstToken) {
    int width = 64;
    int vocabulary = 2500;
    int slots = 40; // more rows than one tile of a product
    SearchRules rules = new SearchRules(beam, beam, 0, minLength, 6, 2, firstToken);
    float[] biases = bench().numbers(vocabulary);
    biases[1030] = Float.NEGATIVE_INFINITY;
    Tensor bias = bench().uploadFloats(biases, vocabulary, 1);
    HostTensor weight = Workbench.weights(bench().numbers(vocabulary * width), vocabulary);
    Linear words = device().packWords(weight);
    SlotState expected = SlotState.allocate(device(), slots, slots * 4, rules);
    SlotState actual = SlotState.allocate(device(), slots, slots * 4, rules);
    bindAll(expected);
    bindAll(actual);
    int rows = slots * beam;
    WordSearch search = device().searchAmong(words, bias, actual, rows);
    for (int step = 0; step < 5; step++) {
      int stride = step == 0 ? beam : 1;
      int count = rows / stride;
      Tensor fed = bench().upload(IntStream.range(0, count).map(row -> row * stride).toArray());
      Tensor x = bench().upload(bench().numbers(count * width), count, width);
      Tensor logits = device().allocate(DataType.F32, new Shape(count, vocabulary));
      device().linear(x, words, logits);
      device().advance(logits, bias, new TokenRows.Decoding(fed, expected));
      search.advance(x, new TokenRows.Decoding(fed, actual));
    }
    assertArrayEquals(
        bench().downloadIntegers(expected.beams().tokens()),
        bench().downloadIntegers(actual.beams().tokens()));
    assertArrayEquals(
        bench().downloadIntegers(expected.beams().ancestors()),
        bench().downloadIntegers(actual.beams().ancestors()));
    assertArrayEquals(
        bench().downloadIntegers(expected.progress().status()),
        bench().downloadIntegers(actual.progress().status()));
    assertArrayEquals(
        bench().download(expected.beams().scores()),
        bench().download(actual.beams().scores()),
        1e-3f);
  }

  @Test
  default void searchAmongWordsFailsASlotWhoseRowIsNotFinite() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device(), 2, 8, rules);
    bindAll(state);
    float[] x = bench().numbers(2 * 64);
    x[70] = Float.NaN;
    HostTensor weight = Workbench.weights(bench().numbers(50 * 64), 50);
    WordSearch search = device().searchAmong(device().packWords(weight), noBias(50), state, 2);
    search.advance(bench().upload(x, 2, 64), bench().decoding(state, 0, 2));
    assertArrayEquals(
        new int[] {SlotState.RUNNING, SlotState.FAILED},
        bench().downloadIntegers(state.progress().status()));
  }
}
