package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.doctor.ReferenceSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the search must find. */
abstract class SearchContract extends AttentionContract {
  @ParameterizedTest
  @CsvSource({
    "1,1,0,1,9,5,-1",
    "4,4,0,1,12,50,-1",
    "4,4,0,3,12,207,-1",
    "5,8,0,1,6,1025,-1",
    "4,4,1,1,10,50,-1",
    "4,4,2,2,10,33,-1",
    "3,2,0,1,1,20,-1",
    "2,2,0,1,30,5,-1",
    "8,8,0,1,7,5,-1",
    "4,4,0,1,12,50,7",
    "1,1,0,1,5,20,3"
  })
  void advanceSearchesAsTheRulesSay(
      int beam, int hypotheses, int earlyExit, int minLength, int maxLength, int vocabulary) {
    SearchRules rules = new SearchRules(beam, hypotheses, earlyExit, minLength, maxLength, 2);
    checkSearch(SlotState.allocate(device, 3, 8, rules), vocabulary);
  }

  @ParameterizedTest
  @CsvSource({"1,1,9,5", "4,4,12,50", "5,8,6,1025", "3,2,1,20", "8,8,7,5"})
  void advanceTellsWhichRowsAHypothesisWentThrough(
      int beam, int hypotheses, int maxLength, int vocabulary) {
    SearchRules rules = new SearchRules(beam, hypotheses, 0, 1, maxLength, 2);
    SlotState plain = SlotState.allocate(device, 3, 8, rules);
    checkSearch(plain.withAttention(device, 1, 8), vocabulary);
  }

  @ParameterizedTest
  @CsvSource({"1,1,9,5", "4,4,12,50", "4,4,1,50", "8,8,7,5", "5,8,6,1025"})
  void advanceTakesTheFirstTokenThatTheRulesName(
      int beam, int hypotheses, int maxLength, int vocabulary) {
    SearchRules rules = new SearchRules(beam, hypotheses, 0, 1, maxLength, 2, 3);
    checkSearch(SlotState.allocate(device, 3, 8, rules), vocabulary);
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,9,5,-1,3",
    "4,4,1,12,50,-1,20",
    "4,4,3,12,1207,-1,300",
    "5,8,1,6,8025,-1,2000",
    "8,8,1,7,50,-1,5",
    "4,4,1,12,50,7,9",
    "2,2,1,30,9,-1,1"
  })
  void advanceKnowsOnlyTheCandidatesOfEachSlot(
      int beam, int hypotheses, int minLength, int maxLength, int vocabulary, int first, int most) {
    SearchRules rules = new SearchRules(beam, hypotheses, 0, minLength, maxLength, 2, first);
    SlotState plain = SlotState.allocate(device, 3, 8, rules);
    checkSearch(plain.withShortlists(device, vocabulary), vocabulary, most);
  }

  @Test
  void advanceDoesNotReadWhatIsNotListed() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 1, 8, rules).withShortlists(device, 100);
    bindAll(state);
    list(state, List.of(new int[] {0, 3, 17, 64, 99}));
    float[] logits = new float[100];
    Arrays.fill(logits, Float.NaN);
    logits[0] = 5;
    logits[3] = logits[17] = logits[64] = 1;
    logits[99] = -1;
    TokenRows.Decoding tokens = new TokenRows.Decoding(upload(new int[] {0}), state);
    device.advance(uploadF32(logits, 1, 100), noBias(100), tokens);
    assertArrayEquals(new int[] {SlotState.RUNNING}, downloadInts(state.status()));
    int[] fed = downloadInts(state.tokens());
    assertEquals(3, fed[1], "of equal ones the lower word");
    assertEquals(17, fed[rules.maxLength() + 1]);
    double sum = 3 * Math.exp(1) + Math.exp(-1);
    assertEquals(
        1 - Math.log(sum), download(state.scores())[0], 1e-5, "the end is not allowed yet");
  }

  private void checkSearch(SlotState state, int vocabulary) {
    checkSearch(state, vocabulary, 0);
  }

  /** With lists of up to so many words, or without any. */
  private void checkSearch(SlotState state, int vocabulary, int most) {
    List<int[]> lists = lists(state.slots(), vocabulary, most);
    if (most > 0) {
      list(state, lists);
    }
    SearchRules rules = state.rules();
    int beam = rules.beamSize();
    int slots = state.slots();
    bindAll(state);
    float[] bias = numbers(vocabulary);
    bias[0] = Float.NEGATIVE_INFINITY; // a token that is never chosen
    Tensor biases = uploadF32(bias, vocabulary, 1);
    for (int step = 0; step < rules.maxLength(); step++) {
      int[] rows = runningRows(state, step);
      if (rows.length == 0) {
        break;
      }
      float[] logits = new float[rows.length * vocabulary];
      for (int i = 0; i < rows.length; i++) {
        double[] row = logits(rows[i] / beam, history(state, rows[i], step), vocabulary);
        for (int token = 0; token < vocabulary; token++) {
          boolean read = most == 0 || isListed(lists.get(rows[i] / beam), token);
          logits[i * vocabulary + token] =
              !read ? Float.NaN : token == 0 ? 1e3f : (float) row[token] - bias[token];
        }
      }
      Tensor uploaded = uploadF32(logits, rows.length, vocabulary);
      device.advance(uploaded, biases, new TokenRows.Decoding(upload(rows), state));
    }
    int finished = SlotState.FINISHED;
    assertArrayEquals(new int[] {finished, finished, finished}, downloadInts(state.status()));
    for (int slot = 0; slot < slots; slot++) {
      int source = slot;
      List<ReferenceSearch.Beam> expected =
          new ReferenceSearch(rules)
              .search(
                  tokens -> {
                    double[] row = logits(source, tokens, vocabulary);
                    for (int token = 0; most > 0 && token < vocabulary; token++) {
                      if (!isListed(lists.get(source), token)) {
                        row[token] = Double.NEGATIVE_INFINITY;
                      }
                    }
                    return row;
                  });
      checkHypotheses(state, slot, expected);
    }
  }

  private static boolean isListed(int[] list, int word) {
    return Arrays.binarySearch(list, word) >= 0;
  }

  private int[] runningRows(SlotState state, int step) {
    int[] status = downloadInts(state.status());
    int beam = state.rules().beamSize();
    List<Integer> rows = new ArrayList<>();
    for (int slot = 0; slot < state.slots(); slot++) {
      if (status[slot] == SlotState.RUNNING) {
        for (int i = 0; i < (step == 0 ? 1 : beam); i++) {
          rows.add(slot * beam + i);
        }
      }
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The tokens generated so far by the beam in a row, read through the table of ancestors. */
  private List<Integer> history(SlotState state, int row, int step) {
    int[] tokens = downloadInts(state.tokens());
    int[] ancestors = downloadInts(state.ancestors());
    int width = state.rules().maxLength();
    assertEquals(1, tokens[ancestors[row * width] * width], "the start token");
    List<Integer> history = new ArrayList<>();
    for (int position = 1; position <= step; position++) {
      history.add(tokens[ancestors[row * width + position] * width + position]);
    }
    return history;
  }

  /** Logits that depend on the whole history and on nothing else. */
  private static double[] logits(int source, List<Integer> history, int vocabulary) {
    Random random = new Random(31L * history.hashCode() + source);
    double[] logits = new double[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      logits[token] = (float) (3 * random.nextGaussian());
    }
    logits[2] += history.size() - 2; // the end becomes likely
    logits[0] = Double.NEGATIVE_INFINITY; // a token that is never chosen
    return logits;
  }

  private void checkHypotheses(SlotState state, int slot, List<ReferenceSearch.Beam> expected) {
    SearchRules rules = state.rules();
    int count = downloadInts(state.hypotheses().counts())[slot];
    assertEquals(expected.size(), count, "registered in slot " + slot);
    if (count > rules.capacity()) {
      expected =
          expected.stream()
              .sorted((a, b) -> Double.compare(b.score(), a.score()))
              .limit(rules.capacity())
              .toList();
    }
    List<ReferenceSearch.Beam> actual = new ArrayList<>();
    int[] tokens = downloadInts(state.hypotheses().tokens());
    int[] lengths = downloadInts(state.hypotheses().lengths());
    int[] ended = downloadInts(state.hypotheses().ended());
    float[] scores = download(state.hypotheses().scores());
    for (int i = 0; i < Math.min(count, rules.capacity()); i++) {
      int place = slot * rules.capacity() + i;
      int at = place * rules.maxLength();
      List<Integer> list = new ArrayList<>();
      for (int j = 0; j < lengths[place]; j++) {
        list.add(tokens[at + j]);
      }
      assertEquals(lengths[place] < rules.maxLength() ? 1 : 0, ended[place]);
      actual.add(new ReferenceSearch.Beam(list, scores[place]));
    }
    if (state.attention().isPresent()) {
      checkRows(state, slot, actual, state.attention().get());
    }
    if (count > rules.capacity()) {
      actual.sort((a, b) -> Double.compare(b.score(), a.score()));
    }
    for (int i = 0; i < actual.size(); i++) {
      assertEquals(expected.get(i).tokens(), actual.get(i).tokens(), "slot " + slot + ", " + i);
      assertEquals(expected.get(i).score(), actual.get(i).score(), 1e-3);
    }
  }

  /** The rows' own tokens are those of the hypothesis, and each row goes on from the one before. */
  private void checkRows(
      SlotState state, int slot, List<ReferenceSearch.Beam> hypotheses, AttentionHistory history) {
    SearchRules rules = state.rules();
    int[] fed = downloadInts(state.tokens());
    int[] rows = downloadInts(history.rows());
    for (int i = 0; i < hypotheses.size(); i++) {
      List<Integer> tokens = hypotheses.get(i).tokens();
      int at = (slot * rules.capacity() + i) * rules.maxLength();
      int steps = Math.min(tokens.size() + 1, rules.maxLength());
      for (int step = 0; step < steps; step++) {
        int token = fed[rows[at + step] * rules.maxLength() + step];
        assertEquals(step == 0 ? 1 : tokens.get(step - 1), token, "slot " + slot + ", " + i);
        assertEquals(slot, rows[at + step] / rules.beamSize());
      }
    }
  }

  @Test
  void advanceTakesTheLowerIndexOfEqualScores() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 1, 8, rules);
    bindAll(state);
    device.advance(
        uploadF32(new float[100], 1, 100),
        noBias(100),
        new TokenRows.Decoding(upload(new int[] {0}), state));
    int[] tokens = downloadInts(state.tokens());
    assertEquals(1, tokens[1]);
    assertEquals(2, tokens[rules.maxLength() + 1]);
  }

  /** Kernels share a row out among threads: these are the patterns that such shares dislike. */
  @ParameterizedTest
  @CsvSource({"8,5003,1024", "8,5003,1", "4,5003,4", "16,9001,1024", "20,9001,4096", "1,8001,256"})
  void advanceFindsTheBestWhereverTheyLie(int beam, int vocabulary, int apart) {
    SearchRules rules = new SearchRules(beam, beam, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 3, 8, rules);
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
    device.advance(
        uploadF32(logits, 3, vocabulary),
        noBias(vocabulary),
        new TokenRows.Decoding(upload(rows), state));
    int[] tokens = downloadInts(state.tokens());
    for (int rank = 0; rank < beam; rank++) {
      assertEquals(best[rank], tokens[rank * 4 + 1], "rank " + rank);
      assertEquals(vocabulary - 1 - rank, tokens[(beam + rank) * 4 + 1], "rising, rank " + rank);
      assertEquals(1 + rank, tokens[(2 * beam + rank) * 4 + 1], "falling, rank " + rank);
    }
  }

  @Test
  void advanceLeavesSlotsAloneThatAreNotRunning() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 2, 8, rules);
    Binding first =
        new Binding(
            new TokenRows.Packed(upload(new int[1]), upload(new int[1]), upload(new int[] {0, 1})),
            upload(new int[] {0}),
            upload(new int[] {0}),
            state);
    device.bind(first, 1);
    device.advance(
        uploadF32(numbers(3 * 50), 3, 50),
        noBias(50),
        new TokenRows.Decoding(upload(new int[] {0, 2, 2}), state));
    assertArrayEquals(new int[] {SlotState.RUNNING, SlotState.IDLE}, downloadInts(state.status()));
    assertArrayEquals(new int[] {1, 0}, downloadInts(state.steps()));
  }

  @Test
  void aSlotThatHasFinishedCanBeFedWithoutEffect() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 3, 0);
    SlotState state = SlotState.allocate(device, 2, 8, rules);
    bindAll(state);
    TokenRows.Decoding first = new TokenRows.Decoding(upload(new int[] {0}), state);
    TokenRows.Decoding both = new TokenRows.Decoding(upload(new int[] {0, 1}), state);
    float[] unlikely = numbers(2 * 50);
    unlikely[0] = unlikely[50] = -100; // the end
    Tensor logits = uploadF32(unlikely, 2, 50);
    device.advance(logits.rows(0, 1), noBias(50), first);
    device.advance(logits, noBias(50), both);
    device.advance(logits, noBias(50), both); // the last
    assertArrayEquals(
        new int[] {SlotState.FINISHED, SlotState.RUNNING}, downloadInts(state.status()));
    int[] tokens = downloadInts(state.hypotheses().tokens());

    KeyValueCache cache = device.allocateCache(new Shape(2 * 2 * 3, 8), 2);
    float[] other = numbers(2 * 8);
    TokenRows.Decoding second = new TokenRows.Decoding(upload(new int[] {2}), state);
    Tensor keys = upload(other, 2, 8);
    device.appendKeysValues(keys.rows(0, 1), keys.rows(1, 1), second, cache);
    Tensor more = upload(numbers(2 * 8), 2, 8);
    device.appendKeysValues(more, more, both, cache);
    device.advance(logits, noBias(50), both);

    float[] kept = Arrays.copyOfRange(download(cache.keys()), 6 * 8, 7 * 8);
    assertArrayEquals(Arrays.copyOf(other, 8), kept, 1e-2f, "the other slot's first key");
    assertArrayEquals(tokens, downloadInts(state.hypotheses().tokens()));
    assertArrayEquals(new int[] {2, 0}, downloadInts(state.hypotheses().counts()));
    assertArrayEquals(new int[] {2, 0}, downloadInts(state.steps()));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void advanceFailsASlotWhoseLogitsAreNotFiniteAndNoOther(float bad) {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 2, 8, rules);
    bindAll(state);
    float[] logits = numbers(2 * 50);
    logits[37] = bad;
    device.advance(
        uploadF32(logits, 2, 50),
        noBias(50),
        new TokenRows.Decoding(upload(new int[] {0, 2}), state));
    assertArrayEquals(
        new int[] {SlotState.FAILED, SlotState.RUNNING}, downloadInts(state.status()));
  }

  /** The vocabulary is larger than what a device may look at in one piece. */
  @ParameterizedTest
  @CsvSource({"1,1,-1", "4,3,-1", "4,1,7"})
  void searchAmongWordsIsTheirProductAndAStep(int beam, int minLength, int firstToken) {
    int width = 64;
    int vocabulary = 2500;
    int slots = 40; // more rows than one tile of a product
    SearchRules rules = new SearchRules(beam, beam, 0, minLength, 6, 2, firstToken);
    float[] biases = numbers(vocabulary);
    biases[1030] = Float.NEGATIVE_INFINITY;
    Tensor bias = uploadF32(biases, vocabulary, 1);
    HostTensor weight =
        HostTensor.of("words", new Shape(vocabulary, width), numbers(vocabulary * width));
    Linear words = device.packWords(weight);
    SlotState expected = SlotState.allocate(device, slots, slots * 4, rules);
    SlotState actual = SlotState.allocate(device, slots, slots * 4, rules);
    bindAll(expected);
    bindAll(actual);
    int rows = slots * beam;
    WordSearch search = device.searchAmong(words, bias, actual, rows);
    for (int step = 0; step < 5; step++) {
      int stride = step == 0 ? beam : 1;
      int count = rows / stride;
      Tensor fed = upload(IntStream.range(0, count).map(row -> row * stride).toArray());
      Tensor x = upload(numbers(count * width), count, width);
      Tensor logits = device.allocate(DataType.F32, new Shape(count, vocabulary));
      device.linear(x, words, logits);
      device.advance(logits, bias, new TokenRows.Decoding(fed, expected));
      search.advance(x, new TokenRows.Decoding(fed, actual));
    }
    assertArrayEquals(downloadInts(expected.tokens()), downloadInts(actual.tokens()));
    assertArrayEquals(downloadInts(expected.ancestors()), downloadInts(actual.ancestors()));
    assertArrayEquals(downloadInts(expected.status()), downloadInts(actual.status()));
    assertArrayEquals(download(expected.scores()), download(actual.scores()), 1e-3f);
  }

  @Test
  void searchAmongWordsFailsASlotWhoseRowIsNotFinite() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 2, 8, rules);
    bindAll(state);
    float[] x = numbers(2 * 64);
    x[70] = Float.NaN;
    HostTensor weight = HostTensor.of("words", new Shape(50, 64), numbers(50 * 64));
    WordSearch search = device.searchAmong(device.packWords(weight), noBias(50), state, 2);
    search.advance(upload(x, 2, 64), new TokenRows.Decoding(upload(new int[] {0, 2}), state));
    assertArrayEquals(
        new int[] {SlotState.RUNNING, SlotState.FAILED}, downloadInts(state.status()));
  }
}
