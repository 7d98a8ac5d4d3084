// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.operations.DrawnShortlists;
import dev.dragoman.operations.Reference;
import dev.dragoman.operations.Workbench;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row has the same bits whatever stands beside it. */
interface RowContract extends OnWorkbench {

  @ParameterizedTest
  @CsvSource({"256,160", "1536,16"})
  default void ofAProduct(int inputs, int outputs) {
    Linear weights = bench().pack(bench().numbers(outputs * inputs), bench().numbers(outputs));
    checkRows(inputs, outputs, (x, out) -> device().linear(x, weights, out));
  }

  @Test
  default void ofAFeedForwardLayer() {
    FeedForwardWeights weights =
        new FeedForwardWeights(
            bench().pack(bench().numbers(256 * 64), bench().numbers(256)),
            Activation.SWISH,
            bench().pack(bench().numbers(64 * 256), bench().numbers(64)));
    checkRows(64, 64, (x, out) -> device().feedForward(x, weights, out));
  }

  /** Computes the last rows of x in batches of all sizes. */
  private void checkRows(int inputs, int outputs, BiConsumer<Tensor, Tensor> operation) {
    int most = 144;
    float[] x = bench().numbers(most * inputs);
    Tensor all = bench().allocate(most, outputs);
    operation.accept(bench().upload(x, most, inputs), all);
    float[] expected = bench().download(all);
    for (int rows : new BatchSizes(device().capacity().leastRows()).upTo(most)) {
      Tensor some = bench().allocate(rows, outputs);
      int first = most - rows;
      float[] part = Arrays.copyOfRange(x, first * inputs, most * inputs);
      operation.accept(bench().upload(part, rows, inputs), some);
      float[] wanted = Arrays.copyOfRange(expected, first * outputs, most * outputs);
      assertArrayEquals(wanted, bench().download(some), rows + " rows");
    }
  }

  /**
   * The second slot gets a shortlist of some words and some of its rows, next to other slots with
   * other shortlists; the logits of these words stay those that all words and all rows give.
   */
  @Test
  default void ofLogitsWhateverElseIsInTheShortlists() {
    int words = 500;
    int inputs = 96;
    SearchRules rules = new SearchRules(5, 5, 0, 1, 4, 2);
    SlotState state = SlotState.allocate(device(), 3, 8, rules).withShortlists(device(), words);
    bindAll(state);
    float[] x = bench().numbers(15 * inputs);
    Linear packed =
        device().packForShortlists(Workbench.weights(bench().numbers(words * inputs), words));
    Tensor out = device().allocate(DataType.F32, new Shape(15, words));
    Tensor rows = bench().upload(x, 15, inputs);
    int[] all = Reference.range(0, words);
    new DrawnShortlists(List.of(all, all, new int[] {2})).upload(bench(), state);
    device().linearToShortlists(rows, packed, bench().decoding(state, Reference.range(0, 15)), out);
    float[] expected = bench().download(out);
    for (int most : new int[] {1, 2, 3, 7, 30, 299}) {
      int[] second = DrawnShortlists.draw(3, words, most, 2).upload(bench(), state).words().get(1);
      for (int first : new int[] {0, 3, 4}) { // its rows from this one on
        int[] some = Reference.range(5 + first, 5 - first);
        float[] part = Arrays.copyOfRange(x, (5 + first) * inputs, 10 * inputs);
        Tensor few = bench().upload(part, some.length, inputs);
        Tensor to = device().allocate(DataType.F32, new Shape(some.length, words));
        device().linearToShortlists(few, packed, bench().decoding(state, some), to);
        float[] actual = bench().download(to);
        for (int row = 0; row < some.length; row++) {
          for (int word : second) {
            assertEquals(
                expected[some[row] * words + word],
                actual[row * words + word],
                "word " + word + " of " + most);
          }
        }
      }
    }
  }

  /** A device may share out the keys of each row in another way where there are few rows. */
  @Test
  default void ofAttention() {
    int heads = 4;
    int width = 128;
    int positions = 100;
    SearchRules rules = new SearchRules(4, 4, 0, 1, positions, 0);
    SlotState state = SlotState.allocate(device(), 80, 64, rules);
    int[] starts = IntStream.range(0, 80).map(slot -> slot * 5).toArray();
    device().upload(starts, state.sources().starts());
    device().upload(bench().random().ints(80, 1, 601).toArray(), state.sources().lengths());
    device().upload(bench().random().ints(80, 0, positions).toArray(), state.progress().steps());
    int[] own = IntStream.range(0, 320 * positions).map(i -> i / positions).toArray();
    device().upload(own, state.beams().ancestors());
    KeyValueCache source = filled(device().allocateSourceCache(new Shape(1000, width), heads));
    KeyValueCache past = filled(device().allocateCache(new Shape(320 * positions, width), heads));
    float[] queries = bench().numbers(320 * width);
    Tensor bias = bench().uploadFloats(bench().numbers(width), width, 1);
    int first = 100;
    int end = 108;
    for (KeyValueCache cache : List.of(source, past)) {
      Function<int[], float[]> all =
          rows -> {
            TokenRows.Decoding tokens = bench().decoding(state, rows);
            Mask mask = cache == past ? new Mask.Past(tokens) : new Mask.Source(tokens);
            float[] of =
                Arrays.copyOfRange(queries, rows[0] * width, (rows[rows.length - 1] + 1) * width);
            Tensor x = bench().upload(of, rows.length, width);
            Tensor out = bench().allocate(rows.length, width);
            device()
                .attend(
                    new AttentionInputs(x, bias, cache.keys(), cache.values(), mask, heads), out);
            return bench().download(out);
          };
      float[] wanted =
          Arrays.copyOfRange(all.apply(Reference.range(0, 320)), first * width, end * width);
      float[] few = all.apply(Reference.range(first, end - first));
      assertArrayEquals(wanted, few, cache == past ? "past" : "source");
    }
  }

  private KeyValueCache filled(KeyValueCache cache) {
    int numbers = cache.keys().shape().size();
    device().upload(bench().numbers(numbers), cache.keys());
    device().upload(bench().numbers(numbers), cache.values());
    return cache;
  }
}
