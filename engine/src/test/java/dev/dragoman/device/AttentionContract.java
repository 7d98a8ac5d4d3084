package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dragoman.doctor.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What attention and its caches must give. */
abstract class AttentionContract extends ProductContract {
  @ParameterizedTest
  @CsvSource({"1,32,207", "4,64,70", "2,128,70", "8,13,70"})
  void attentionWithinSentences(int heads, int headWidth, int longest) {
    int width = heads * headWidth;
    int[] offsets = {0, 1, 14, 14, 14 + longest, 16 + longest};
    int rows = offsets[offsets.length - 1];
    float[] qkv = numbers(rows * 3 * width);
    for (int i = 0; i < 2 * width; i++) {
      qkv[i] = round(qkv[i] * 30); // peaked
    }
    Tensor packed = upload(qkv, rows, 3 * width);
    Tensor out = allocate(rows, width);
    TokenRows.Packed tokens =
        new TokenRows.Packed(upload(new int[rows]), upload(new int[rows]), upload(offsets));
    float[] bias = numbers(width);
    device.attend(
        new AttentionInputs(
            packed.columns(0, width),
            uploadF32(bias, width, 1),
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
            Reference.plus(all.getSubMatrix(0, rows - 1, 0, width - 1), Reference.vector(bias)),
            all.getSubMatrix(0, rows - 1, width, 2 * width - 1),
            all.getSubMatrix(0, rows - 1, 2 * width, 3 * width - 1),
            visible,
            heads);
    tolerance.check("attend", expected, download(out), headWidth + 207);
  }

  /** Where there are few rows, a device may share out the keys of each in another way. */
  @Test
  void attentionGivesARowTheSameBitsWhateverStandsBesideIt() {
    int heads = 4;
    int width = 128;
    int positions = 100;
    SlotState state = state(80, 4, positions);
    int[] starts = new int[80];
    int[] lengths = new int[80];
    int[] steps = new int[80];
    for (int slot = 0; slot < 80; slot++) {
      starts[slot] = slot * 5;
      lengths[slot] = 1 + random.nextInt(600);
      steps[slot] = random.nextInt(positions);
    }
    device.upload(starts, state.sourceStarts());
    device.upload(lengths, state.sourceLengths());
    device.upload(steps, state.steps());
    int[] ancestors = new int[320 * positions];
    for (int i = 0; i < ancestors.length; i++) {
      ancestors[i] = i / positions;
    }
    device.upload(ancestors, state.ancestors());
    KeyValueCache source = filled(device.allocateSourceCache(new Shape(1000, width), heads));
    KeyValueCache past = filled(device.allocateCache(new Shape(320 * positions, width), heads));
    int[] rows = IntStream.range(0, 320).toArray();
    float[] queries = numbers(320 * width);
    Tensor bias = uploadF32(numbers(width), width, 1);
    int first = 100;
    int some = 8;
    int[] fewRows = Arrays.copyOfRange(rows, first, first + some);
    float[] fewQueries = Arrays.copyOfRange(queries, first * width, (first + some) * width);
    for (KeyValueCache cache : List.of(source, past)) {
      List<float[]> results = new ArrayList<>();
      for (boolean all : new boolean[] {true, false}) {
        Tensor x = all ? upload(queries, 320, width) : upload(fewQueries, some, width);
        TokenRows.Decoding tokens = new TokenRows.Decoding(upload(all ? rows : fewRows), state);
        Mask mask = cache == past ? new Mask.Past(tokens) : new Mask.Source(tokens);
        Tensor out = allocate(all ? 320 : some, width);
        device.attend(new AttentionInputs(x, bias, cache.keys(), cache.values(), mask, heads), out);
        results.add(download(out));
      }
      float[] wanted = Arrays.copyOfRange(results.get(0), first * width, (first + some) * width);
      assertArrayEquals(wanted, results.get(1), cache == past ? "past" : "source");
    }
  }

  private KeyValueCache filled(KeyValueCache cache) {
    int numbers = cache.keys().shape().size();
    device.upload(repeated(numbers), cache.keys());
    device.upload(repeated(numbers), cache.values());
    return cache;
  }

  /** Numbers that come again, as drawing millions of them would take a second. */
  private float[] repeated(int count) {
    float[] some = numbers(10_007);
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = some[i % some.length];
    }
    return all;
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
    float[] bias = numbers(width);
    Tensor out = allocate(rows.length, width);
    device.attend(
        new AttentionInputs(
            upload(queries, rows.length, width),
            uploadF32(bias, width, 1),
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
            Reference.plus(Reference.matrix(queries, rows.length, width), Reference.vector(bias)),
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
    KeyValueCache cache = device.allocateSourceCache(new Shape(cached, width), heads);
    device.upload(keys, cache.keys());
    device.upload(values, cache.values());
    int[] rows = {0, 1, 2, 4, 5, 6, 7};
    float[] queries = numbers(rows.length * width);
    float[] bias = numbers(width);
    Tensor out = allocate(rows.length, width);
    device.attend(
        new AttentionInputs(
            upload(queries, rows.length, width),
            uploadF32(bias, width, 1),
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
            Reference.plus(Reference.matrix(queries, rows.length, width), Reference.vector(bias)),
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
    KeyValueCache cache = device.allocateSourceCache(new Shape(cached, width), heads);
    device.upload(keys, cache.keys());
    device.upload(numbers(cached * width), cache.values());
    int[] rows = {0, 1, 2, 4, 5, 6, 7};
    float[] queries = numbers(rows.length * width);
    float[] bias = numbers(width);
    AttentionInputs inputs =
        new AttentionInputs(
            upload(queries, rows.length, width),
            uploadF32(bias, width, 1),
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
                Reference.plus(
                        Reference.matrix(queries, rows.length, width), Reference.vector(bias))
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

    KeyValueCache source = device.allocateSourceCache(new Shape(16, width), 3);
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
}
