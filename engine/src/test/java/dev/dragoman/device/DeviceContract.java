package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.doctor.Reference;
import dev.dragoman.doctor.ReferenceSearch;
import dev.dragoman.doctor.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every device must compute: one body of tests, run by a subclass for each device and
 * precision.
 */
public abstract class DeviceContract {
  private final Random random = new Random(20260101);
  private Device device;
  private Tolerance tolerance;

  /** Opens the device that is tested. */
  protected abstract Device open();

  /** The precision of its products. */
  protected abstract DataType precision();

  /** How it stores intermediate results. */
  protected DataType storage() {
    return DataType.F32;
  }

  @BeforeEach
  void openDevice() {
    device = open();
    tolerance = Tolerance.of(precision());
  }

  @AfterEach
  void closeDevice() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({"1,13,207", "13,207,13", "207,64,1025", "64,1025,96", "2,1,1", "5,256,768"})
  void linearIsTheProductWithBias(int rows, int inputs, int outputs) {
    float[] x = numbers(rows * inputs);
    float[] w = numbers(outputs * inputs);
    float[] b = numbers(outputs);
    Tensor out = allocate(rows, outputs);
    device.linear(upload(x, rows, inputs), pack(w, b, inputs), out);
    tolerance.check(
        "linear",
        Reference.linear(
            Reference.matrix(x, rows, inputs),
            Reference.matrix(w, outputs, inputs),
            Reference.vector(b)),
        download(out),
        inputs);
  }

  @Test
  void linearGivesARowTheSameBitsWhateverStandsBesideIt() {
    int most = 300;
    float[] x = numbers(most * 256);
    Linear weights = pack(numbers(512 * 256), numbers(512), 256);
    Tensor all = allocate(most, 512);
    device.linear(upload(x, most, 256), weights, all);
    float[] expected = download(all);
    for (int rows : new int[] {1, 2, 3, 5, 8, 13, 31, 64, 100, 129}) {
      Tensor some = allocate(rows, 512);
      int first = most - rows;
      float[] part = Arrays.copyOfRange(x, first * 256, most * 256);
      device.linear(upload(part, rows, 256), weights, some);
      float[] wanted = Arrays.copyOfRange(expected, first * 512, most * 512);
      assertArrayEquals(wanted, download(some), rows + " rows");
    }
  }

  @Test
  void linearReadsAndWritesViewsOfColumns() {
    float[] x = numbers(7 * 96);
    float[] w = numbers(32 * 32);
    float[] b = numbers(32);
    Tensor wide = allocate(7, 100);
    device.linear(upload(x, 7, 96).columns(64, 32), pack(w, b, 32), wide.columns(3, 32));
    RealMatrix reference =
        Reference.linear(
            Reference.matrix(x, 7, 96).getSubMatrix(0, 6, 64, 95),
            Reference.matrix(w, 32, 32),
            Reference.vector(b));
    RealMatrix expected = Reference.matrix(new float[7 * 100], 7, 100);
    expected.setSubMatrix(reference.getData(), 0, 3);
    tolerance.check("columns", expected, download(wide), 32);
  }

  @Test
  void feedForwardGivesARowTheSameBitsWhateverStandsBesideIt() {
    int most = 70;
    float[] x = numbers(most * 64);
    FeedForwardWeights weights =
        new FeedForwardWeights(
            pack(numbers(256 * 64), numbers(256), 64),
            Activation.SWISH,
            pack(numbers(64 * 256), numbers(64), 256));
    Tensor all = allocate(most, 64);
    device.feedForward(upload(x, most, 64), weights, all);
    float[] expected = download(all);
    for (int rows : new int[] {1, 2, 7, 8, 9, 16, 17, 33, 64}) {
      Tensor some = allocate(rows, 64);
      int first = most - rows;
      float[] part = Arrays.copyOfRange(x, first * 64, most * 64);
      device.feedForward(upload(part, rows, 64), weights, some);
      float[] wanted = Arrays.copyOfRange(expected, first * 64, most * 64);
      assertArrayEquals(wanted, download(some), rows + " rows");
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void feedForwardIsTwoProductsAroundTheActivation(Activation activation) {
    int rows = 13;
    float[] x = numbers(rows * 64);
    float[] w1 = numbers(207 * 64);
    float[] b1 = numbers(207);
    float[] w2 = numbers(64 * 207);
    float[] b2 = numbers(64);
    Tensor out = allocate(rows, 64);
    FeedForwardWeights weights =
        new FeedForwardWeights(pack(w1, b1, 64), activation, pack(w2, b2, 207));
    device.feedForward(upload(x, rows, 64), weights, out);
    RealMatrix inner =
        Reference.linear(
            Reference.matrix(x, rows, 64), Reference.matrix(w1, 207, 64), Reference.vector(b1));
    RealMatrix expected =
        Reference.linear(
            Reference.map(inner, Reference.activation(activation)),
            Reference.matrix(w2, 64, 207),
            Reference.vector(b2));
    tolerance.check("feedForward " + activation, expected, download(out), 64 + 207);
  }

  @ParameterizedTest
  @CsvSource({"1,13", "13,207", "207,256", "3,1025", "2,1"})
  void normsAndSums(int rows, int width) {
    float[] x = numbers(rows * width);
    float[] y = numbers(rows * width);
    float[] addend = numbers(width);
    float[] gain = numbers(width);
    float[] bias = numbers(width);
    Tensor added = uploadF32(addend, width, 1);
    LayerNorm norm = new LayerNorm(uploadF32(gain, width, 1), uploadF32(bias, width, 1), 1e-5f);
    RealVector gains = Reference.vector(gain);
    RealVector biases = Reference.vector(bias);
    RealMatrix first = Reference.matrix(x, rows, width);
    RealMatrix second = Reference.matrix(y, rows, width);
    Tensor out = allocate(rows, width);

    device.norm(upload(x, rows, width), norm, out);
    Tolerance single = width == 1 ? new Tolerance(1e-3, 1e-3) : tolerance; // variance 0: 1/√ε
    RealMatrix normal = Reference.layerNorm(first, gains, biases, 1e-5);
    single.check("norm", normal, download(out), width);

    RealMatrix sum = Reference.sum(first, Reference.vector(addend), second);
    device.add(upload(x, rows, width), added, upload(y, rows, width), out);
    tolerance.check("add", sum, download(out), 1);

    Tensor residual = upload(y, rows, width);
    device.addNorm(upload(x, rows, width), added, residual, norm, residual);
    RealMatrix normalSum = Reference.layerNorm(sum, gains, biases, 1e-5);
    single.check("addNorm", normalSum, download(residual), width);
  }

  @ParameterizedTest
  @CsvSource({"1,32", "4,64", "2,128", "8,13"})
  void attentionWithinSentences(int heads, int headWidth) {
    int width = heads * headWidth;
    int[] offsets = {0, 1, 14, 14, 221, 223};
    int rows = offsets[offsets.length - 1];
    float[] qkv = numbers(rows * 3 * width);
    for (int i = 0; i < 2 * width; i++) {
      qkv[i] = round(qkv[i] * 30); // peaked
    }
    Tensor packed = upload(qkv, rows, 3 * width);
    Tensor out = allocate(rows, width);
    TokenRows.Packed tokens =
        new TokenRows.Packed(upload(new int[rows]), upload(new int[rows]), upload(offsets));
    device.attend(
        new AttentionInputs(
            packed.columns(0, width),
            packed.columns(width, width),
            packed.columns(2 * width, width),
            new Mask.Sentence(tokens),
            heads),
        out);
    List<int[]> visible = new ArrayList<>();
    for (int sentence = 0; sentence + 1 < offsets.length; sentence++) {
      int length = offsets[sentence + 1] - offsets[sentence];
      for (int i = 0; i < length; i++) {
        visible.add(Reference.range(offsets[sentence], length));
      }
    }
    RealMatrix all = Reference.matrix(qkv, rows, 3 * width);
    RealMatrix expected =
        Reference.attention(
            all.getSubMatrix(0, rows - 1, 0, width - 1),
            all.getSubMatrix(0, rows - 1, width, 2 * width - 1),
            all.getSubMatrix(0, rows - 1, 2 * width, 3 * width - 1),
            visible,
            heads);
    tolerance.check("attend", expected, download(out), headWidth + 207);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 39})
  void attentionToThePastFollowsTheAncestors(int step) {
    int heads = 2;
    int width = 64;
    SlotState state = state(3, 4, 40);
    int positions = 40;
    int cached = 12 * positions;
    float[] keys = numbers(cached * width);
    float[] values = numbers(cached * width);
    KeyValueCache cache = device.allocateCache(new Shape(cached, width), heads);
    device.upload(keys, cache.keys());
    device.upload(values, cache.values());
    int[] ancestors = new int[12 * positions];
    for (int row = 0; row < 12; row++) {
      for (int position = 0; position < positions; position++) {
        boolean own = position >= step;
        ancestors[row * positions + position] = own ? row : row / 4 * 4 + random.nextInt(4);
      }
    }
    device.upload(ancestors, state.ancestors());
    device.upload(new int[] {step, 3, step}, state.steps());
    int[] rows = {0, 1, 2, 3, 8, 9, 10, 11};
    float[] queries = numbers(rows.length * width);
    Tensor out = allocate(rows.length, width);
    device.attend(
        new AttentionInputs(
            upload(queries, rows.length, width),
            cache.keys(),
            cache.values(),
            new Mask.Past(new TokenRows.Decoding(upload(rows), state)),
            heads),
        out);
    List<int[]> visible = new ArrayList<>();
    for (int row : rows) {
      int[] seen = new int[step + 1];
      for (int position = 0; position <= step; position++) {
        seen[position] = ancestors[row * positions + position] * positions + position;
      }
      visible.add(seen);
    }
    RealMatrix expected =
        Reference.attention(
            Reference.matrix(queries, rows.length, width),
            Reference.matrix(keys, cached, width),
            Reference.matrix(values, cached, width),
            visible,
            heads);
    tolerance.check("attend", expected, download(out), width + step);
  }

  @Test
  void attentionToTheSourceSeesTheSlotsRegionOrNothing() {
    int heads = 4;
    int width = 128;
    SlotState state = state(4, 2, 8);
    int[] starts = {700, 0, 30, 13};
    int[] lengths = {325, 1, 207, 0};
    device.upload(starts, state.sourceStarts());
    device.upload(lengths, state.sourceLengths());
    int cached = 1025;
    float[] keys = numbers(cached * width);
    float[] values = numbers(cached * width);
    KeyValueCache cache = device.allocateCache(new Shape(cached, width), heads);
    device.upload(keys, cache.keys());
    device.upload(values, cache.values());
    int[] rows = {0, 1, 2, 4, 5, 6, 7};
    float[] queries = numbers(rows.length * width);
    Tensor out = allocate(rows.length, width);
    device.attend(
        new AttentionInputs(
            upload(queries, rows.length, width),
            cache.keys(),
            cache.values(),
            new Mask.Source(new TokenRows.Decoding(upload(rows), state)),
            heads),
        out);
    List<int[]> visible = new ArrayList<>();
    for (int row : rows) {
      visible.add(Reference.range(starts[row / 2], lengths[row / 2]));
    }
    RealMatrix expected =
        Reference.attention(
            Reference.matrix(queries, rows.length, width),
            Reference.matrix(keys, cached, width),
            Reference.matrix(values, cached, width),
            visible,
            heads);
    tolerance.check("attend", expected, download(out), width + 325);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void attentionThatIsKeptIsTheAverageOfTheFirstHeads(int averaged) {
    int heads = 4;
    int headWidth = 32;
    int width = heads * headWidth;
    int[] starts = {700, 0, 30, 13};
    int[] lengths = {207, 1, 13, 0};
    int[] steps = {5, 0, 7, 2};
    SlotState state = sources(starts, lengths).withAttention(device, averaged, 207);
    AttentionHistory history = state.attention().orElseThrow();
    device.upload(steps, state.steps());
    int cached = 1025;
    float[] keys = numbers(cached * width);
    KeyValueCache cache = device.allocateCache(new Shape(cached, width), heads);
    device.upload(keys, cache.keys());
    device.upload(numbers(cached * width), cache.values());
    int[] rows = {0, 1, 2, 4, 5, 6, 7};
    float[] queries = numbers(rows.length * width);
    AttentionInputs inputs =
        new AttentionInputs(
            upload(queries, rows.length, width),
            cache.keys(),
            cache.values(),
            new Mask.Source(new TokenRows.Decoding(upload(rows), state)),
            heads);
    Tensor plain = allocate(rows.length, width);
    device.attend(inputs, plain);
    Tensor out = allocate(rows.length, width);
    device.attendAndKeep(inputs, history, out);
    assertArrayEquals(download(plain), download(out), "attention itself is the same");

    RealMatrix expected =
        Reference.matrix(new float[2 * 8 * cached], 2 * 8, cached); // all else stays as it was
    for (int i = 0; i < rows.length; i++) {
      int slot = rows[i] / 2;
      for (int head = 0; head < averaged && lengths[slot] > 0; head++) {
        RealVector weights =
            Reference.attentionWeights(
                Reference.matrix(queries, rows.length, width)
                    .getRowVector(i)
                    .getSubVector(head * headWidth, headWidth),
                Reference.matrix(keys, cached, width)
                    .getSubMatrix(
                        Reference.range(starts[slot], lengths[slot]),
                        Reference.range(head * headWidth, headWidth)));
        int row = rows[i] % 2 * 8 + steps[slot];
        for (int key = 0; key < lengths[slot]; key++) {
          expected.addToEntry(row, starts[slot] + key, weights.getEntry(key) / averaged);
        }
      }
    }
    tolerance.check("weights", expected, download(history.weights()), headWidth + 207);
  }

  /** Slots of two beams and eight steps over sources of 1025 positions. */
  private SlotState sources(int[] starts, int[] lengths) {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 8, 0);
    SlotState state = SlotState.allocate(device, starts.length, 1025, rules);
    device.upload(starts, state.sourceStarts());
    device.upload(lengths, state.sourceLengths());
    return state;
  }

  @Test
  void embedAddsPositionsToScaledTokens() {
    int width = 207;
    float[] words = numbers(50 * width);
    float[] places = numbers(16 * width);
    EmbeddingTable table =
        new EmbeddingTable(upload(words, 50, width), upload(places, 16, width), 14.4f);
    int[] ids = {3, 49, 0, 7};
    int[] positions = {0, 1, 15, 2};
    Tensor out = allocate(4, width);
    device.embed(
        new TokenRows.Packed(upload(ids), upload(positions), upload(new int[] {0, 4})), table, out);
    checkEmbedding(table, words, places, ids, positions, out);

    SlotState state = state(3, 2, 16);
    int[] history = new int[6 * 16];
    history[5] = 3; // row 0 at step 5
    history[16 + 5] = 49;
    history[4 * 16 + 15] = 8;
    device.upload(history, state.tokens());
    device.upload(new int[] {5, 0, 15}, state.steps());
    Tensor three = allocate(3, width);
    TokenRows.Decoding decoding = new TokenRows.Decoding(upload(new int[] {0, 1, 4}), state);
    device.embed(decoding, table, three);
    checkEmbedding(table, words, places, new int[] {3, 49, 8}, new int[] {5, 5, 15}, three);
  }

  private void checkEmbedding(
      EmbeddingTable table, float[] words, float[] places, int[] ids, int[] positions, Tensor out) {
    int width = out.shape().columns();
    int[] columns = Reference.range(0, width);
    RealMatrix expected =
        Reference.matrix(words, words.length / width, width)
            .getSubMatrix(ids, columns)
            .scalarMultiply(table.scale())
            .add(
                Reference.matrix(places, places.length / width, width)
                    .getSubMatrix(positions, columns));
    tolerance.check("embed", expected, download(out), 1);
  }

  @Test
  void keysAndValuesGoWhereTheirSlotsSay() {
    int width = 33;
    SlotState state = state(3, 2, 4);
    KeyValueCache past = device.allocateCache(new Shape(6 * 4, width), 3);
    device.upload(new int[] {2, 0, 3}, state.steps());
    float[] kv = numbers(3 * 2 * width);
    Tensor both = upload(kv, 3, 2 * width);
    device.appendKeysValues(
        both.columns(0, width),
        both.columns(width, width),
        new TokenRows.Decoding(upload(new int[] {0, 1, 5}), state),
        past);
    int[] places = {2, 4 + 2, 5 * 4 + 3};
    checkCache(past.keys(), kv, 0, places);
    checkCache(past.values(), kv, width, places);

    KeyValueCache source = device.allocateCache(new Shape(16, width), 3);
    Binding binding =
        new Binding(
            new TokenRows.Packed(
                upload(new int[3]), upload(new int[3]), upload(new int[] {0, 1, 3})),
            upload(new int[] {2, 0}),
            upload(new int[] {9, 3}),
            state);
    device.bindKeysValues(both.columns(0, width), both.columns(width, width), binding, source);
    checkCache(source.keys(), kv, 0, new int[] {9, 3, 4});
    checkCache(source.values(), kv, width, new int[] {9, 3, 4});
  }

  private void checkCache(Tensor cache, float[] kv, int column, int[] places) {
    int width = cache.shape().columns();
    RealMatrix expected =
        Reference.matrix(new float[cache.shape().size()], cache.shape().rows(), width);
    RealMatrix rows = Reference.matrix(kv, places.length, 2 * width);
    for (int i = 0; i < places.length; i++) {
      expected.setRowMatrix(places[i], rows.getSubMatrix(i, i, column, column + width - 1));
    }
    tolerance.check("cache", expected, download(cache), 1);
  }

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
    checkSearch(plain.withCandidates(device, vocabulary), vocabulary, most);
  }

  @Test
  void advanceDoesNotReadWhatIsNotListed() {
    SearchRules rules = new SearchRules(2, 2, 0, 1, 4, 0);
    SlotState state = SlotState.allocate(device, 1, 8, rules).withCandidates(device, 100);
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

  /** Sorted lists of up to so many words and 2, the end, and 3. */
  private List<int[]> lists(int slots, int vocabulary, int most) {
    return IntStream.range(0, slots)
        .mapToObj(slot -> random.ints(most, 0, vocabulary))
        .map(words -> IntStream.concat(words, IntStream.of(2, 3)).distinct().sorted().toArray())
        .toList();
  }

  private void list(SlotState state, List<int[]> lists) {
    CandidateWords to = state.candidates().orElseThrow();
    for (int slot = 0; slot < lists.size(); slot++) {
      device.upload(lists.get(slot), to.words().rows(slot, 1));
    }
    device.upload(lists.stream().mapToInt(list -> list.length).toArray(), to.counts());
  }

  @ParameterizedTest
  @CsvSource({"1,8,40,5", "4,64,1000,77", "5,13,300,300", "4,207,3000,600", "3,512,90,1"})
  void linearToCandidatesIsTheProductInTheColumnsOfTheirWords(
      int beam, int inputs, int words, int most) {
    SearchRules rules = new SearchRules(beam, beam, 0, 1, 4, 2);
    SlotState state = SlotState.allocate(device, 3, 8, rules).withCandidates(device, words);
    bindAll(state);
    List<int[]> lists = lists(3, words, most);
    list(state, lists);
    int count = 3 * beam;
    float[] x = numbers(count * inputs);
    float[] w = numbers(words * inputs);
    Linear packed = device.packForCandidates(HostTensor.of("test", new Shape(words, inputs), w));
    Tensor out = device.allocate(DataType.F32, new Shape(count, words));
    TokenRows.Decoding tokens = new TokenRows.Decoding(upload(Reference.range(0, count)), state);
    device.linearToCandidates(upload(x, count, inputs), packed, tokens, out);
    float[] actual = download(out);
    RealMatrix all =
        Reference.matrix(x, count, inputs).multiply(Reference.matrix(w, words, inputs).transpose());
    for (int row = 0; row < count; row++) {
      int[] list = lists.get(row / beam);
      float[] listed = new float[list.length];
      double[] expected = new double[list.length];
      for (int i = 0; i < list.length; i++) {
        listed[i] = actual[row * words + list[i]];
        expected[i] = all.getEntry(row, list[i]);
      }
      tolerance.check("row " + row, MatrixUtils.createRowRealMatrix(expected), listed, inputs);
    }
  }

  /** One sentence's list is shorter, other rows are there, other slots have other words. */
  @Test
  void aLogitHasTheSameBitsWhateverIsListedBesideIt() {
    int words = 500;
    int inputs = 96;
    SearchRules rules = new SearchRules(5, 5, 0, 1, 4, 2);
    SlotState state = SlotState.allocate(device, 3, 8, rules).withCandidates(device, words);
    bindAll(state);
    float[] x = numbers(15 * inputs);
    Linear packed =
        device.packForCandidates(
            HostTensor.of("test", new Shape(words, inputs), numbers(words * inputs)));
    Tensor out = device.allocate(DataType.F32, new Shape(15, words));
    Tensor rows = upload(x, 15, inputs);
    list(state, List.of(Reference.range(0, words), Reference.range(0, words), new int[] {2}));
    TokenRows.Decoding all = new TokenRows.Decoding(upload(Reference.range(0, 15)), state);
    device.linearToCandidates(rows, packed, all, out);
    float[] expected = download(out);
    for (int most : new int[] {1, 2, 3, 7, 30, 299}) {
      List<int[]> lists = lists(3, words, most);
      list(state, lists);
      for (int first : new int[] {0, 3, 4}) { // of the second slot, and so many rows of it
        int[] some = Reference.range(5 + first, 5 - first);
        Tensor few =
            upload(Arrays.copyOfRange(x, (5 + first) * inputs, 10 * inputs), some.length, inputs);
        Tensor of = device.allocate(DataType.F32, new Shape(some.length, words));
        device.linearToCandidates(few, packed, new TokenRows.Decoding(upload(some), state), of);
        float[] actual = download(of);
        for (int row = 0; row < some.length; row++) {
          for (int word : lists.get(1)) {
            assertEquals(
                expected[some[row] * words + word],
                actual[row * words + word],
                "word " + word + " of " + most);
          }
        }
      }
    }
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

  private void bindAll(SlotState state) {
    int slots = state.slots();
    int[] offsets = Reference.range(0, slots + 1);
    Binding binding =
        new Binding(
            new TokenRows.Packed(upload(new int[slots]), upload(new int[slots]), upload(offsets)),
            upload(Reference.range(0, slots)),
            upload(Reference.range(0, slots)),
            state);
    device.bind(binding, 1);
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

  @Test
  void aSnapshotShowsWhatWasThereWhenItWasTaken() {
    Tensor tensor = upload(new int[] {1, 2, 3, 4});
    Snapshot whole = device.snapshot(tensor);
    Snapshot part = device.snapshot(tensor.rows(1, 2));
    whole.take();
    device.upload(new int[] {5, 6, 7, 8}, tensor);
    part.take();
    device.upload(new int[4], tensor);
    assertArrayEquals(new int[] {1, 2, 3, 4}, whole.await());
    assertArrayEquals(new int[] {6, 7}, part.await());
    part.take();
    whole.take();
    assertArrayEquals(new int[4], whole.await());
    assertArrayEquals(new int[2], part.await());
  }

  @Test
  void sharedMemoryShowsWhatWasWrittenBeforeASnapshot() {
    Tensor shared = device.allocateShared(DataType.F32, new Shape(3, 5));
    float[] seen = new float[15];
    device.synchronize();
    device.peek(shared, seen);
    assertArrayEquals(new float[15], seen);
    float[] numbers = numbers(15);
    Tensor x = uploadF32(numbers, 3, 5);
    device.add(x, noBias(5), x, shared);
    Snapshot mark = device.snapshot(upload(new int[1]));
    mark.take();
    mark.await();
    device.peek(shared.rows(1, 2), seen);
    for (int i = 0; i < 10; i++) {
      assertEquals(2 * numbers[5 + i], seen[i]);
    }
    assertThrows(IllegalArgumentException.class, () -> shared.rows(3, 1));
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

  @Test
  void shapesThatDoNotAgreeAreRefused() {
    Linear weights = pack(numbers(12), numbers(3), 4);
    Tensor x = allocate(2, 4);
    assertThrows(IllegalArgumentException.class, () -> device.linear(x, weights, allocate(2, 4)));
    assertThrows(IllegalArgumentException.class, () -> device.linear(x, weights, allocate(3, 3)));
    assertThrows(IllegalArgumentException.class, () -> device.add(x, noBias(4), x, allocate(2, 3)));
    assertThrows(IllegalArgumentException.class, () -> x.rows(1, 2));
    assertThrows(IllegalArgumentException.class, () -> x.columns(-1, 2));
  }

  @Test
  void memoryIsCounted() {
    long before = device.bytesHeld();
    allocate(10, 7);
    assertEquals(before + 10L * 7 * storage().bytes(), device.bytesHeld());
  }

  private SlotState state(int slots, int beam, int maxLength) {
    return SlotState.allocate(device, slots, 64, new SearchRules(beam, beam, 0, 1, maxLength, 0));
  }

  /** Not uniform, not centred, of different sizes. */
  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      double number = random.nextGaussian() * Math.exp(random.nextGaussian() * 0.5) + 0.05;
      numbers[i] = round((float) number * 0.3f);
    }
    return numbers;
  }

  /** To the precision of the products, so that the reference starts from the same numbers. */
  private float round(float number) {
    int bits = Float.floatToIntBits(number);
    return switch (precision()) {
      case BF16 -> Float.intBitsToFloat(bits & 0xffff_0000);
      case F16 -> Float.intBitsToFloat(bits & 0xffff_e000);
      default -> number;
    };
  }

  private Linear pack(float[] weight, float[] bias, int inputs) {
    return device.pack(HostTensor.of("test", new Shape(bias.length, inputs), weight), bias);
  }

  private Tensor allocate(int rows, int columns) {
    return device.allocate(storage(), new Shape(rows, columns));
  }

  private Tensor upload(float[] numbers, int rows, int columns) {
    Tensor tensor = allocate(rows, columns);
    device.upload(numbers, tensor);
    return tensor;
  }

  private Tensor uploadF32(float[] numbers, int rows, int columns) {
    Tensor tensor = device.allocate(DataType.F32, new Shape(rows, columns));
    device.upload(numbers, tensor);
    return tensor;
  }

  private Tensor noBias(int words) {
    return uploadF32(new float[words], words, 1);
  }

  private Tensor upload(int[] numbers) {
    Tensor tensor = device.allocate(DataType.I32, Shape.vector(numbers.length));
    device.upload(numbers, tensor);
    return tensor;
  }

  private float[] download(Tensor tensor) {
    float[] numbers = new float[tensor.shape().size()];
    device.download(tensor, numbers);
    return numbers;
  }

  private int[] downloadInts(Tensor tensor) {
    int[] numbers = new int[tensor.shape().size()];
    device.download(tensor, numbers);
    return numbers;
  }
}
