package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.doctor.Reference;
import dev.dragoman.doctor.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What embeddings, products, sums and norms must give. */
abstract class ProductContract extends ContractWorkbench {
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

  @ParameterizedTest
  @CsvSource({"256,160", "1536,16"})
  void linearGivesARowTheSameBitsWhateverStandsBesideIt(int inputs, int outputs) {
    int most = 144;
    float[] x = numbers(most * inputs);
    Linear weights = pack(numbers(outputs * inputs), numbers(outputs), inputs);
    BatchSizes sizes = new BatchSizes(device.capacity().leastRows());
    Tensor all = allocate(most, outputs);
    device.linear(upload(x, most, inputs), weights, all);
    float[] expected = download(all);
    for (int rows : sizes.upTo(most)) {
      Tensor some = allocate(rows, outputs);
      int first = most - rows;
      float[] part = Arrays.copyOfRange(x, first * inputs, most * inputs);
      device.linear(upload(part, rows, inputs), weights, some);
      float[] wanted = Arrays.copyOfRange(expected, first * outputs, most * outputs);
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
    int most = 144;
    float[] x = numbers(most * 64);
    FeedForwardWeights weights =
        new FeedForwardWeights(
            pack(numbers(256 * 64), numbers(256), 64),
            Activation.SWISH,
            pack(numbers(64 * 256), numbers(64), 256));
    BatchSizes sizes = new BatchSizes(device.capacity().leastRows());
    Tensor all = allocate(most, 64);
    device.feedForward(upload(x, most, 64), weights, all);
    float[] expected = download(all);
    for (int rows : sizes.upTo(most)) {
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

  @ParameterizedTest
  @CsvSource({"1,8,40,5", "4,64,1000,77", "5,13,300,300", "4,207,3000,600", "3,512,90,1"})
  void linearToCandidatesIsTheProductInTheColumnsOfTheirWords(
      int beam, int inputs, int words, int most) {
    SearchRules rules = new SearchRules(beam, beam, 0, 1, 4, 2);
    SlotState state = SlotState.allocate(device, 3, 8, rules).withShortlists(device, words);
    bindAll(state);
    List<int[]> lists = lists(3, words, most);
    list(state, lists);
    int count = 3 * beam;
    float[] x = numbers(count * inputs);
    float[] w = numbers(words * inputs);
    Linear packed = device.packForShortlists(HostTensor.of("test", new Shape(words, inputs), w));
    Tensor out = device.allocate(DataType.F32, new Shape(count, words));
    TokenRows.Decoding tokens = new TokenRows.Decoding(upload(Reference.range(0, count)), state);
    device.linearToShortlists(upload(x, count, inputs), packed, tokens, out);
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
    SlotState state = SlotState.allocate(device, 3, 8, rules).withShortlists(device, words);
    bindAll(state);
    float[] x = numbers(15 * inputs);
    Linear packed =
        device.packForShortlists(
            HostTensor.of("test", new Shape(words, inputs), numbers(words * inputs)));
    Tensor out = device.allocate(DataType.F32, new Shape(15, words));
    Tensor rows = upload(x, 15, inputs);
    list(state, List.of(Reference.range(0, words), Reference.range(0, words), new int[] {2}));
    TokenRows.Decoding all = new TokenRows.Decoding(upload(Reference.range(0, 15)), state);
    device.linearToShortlists(rows, packed, all, out);
    float[] expected = download(out);
    for (int most : new int[] {1, 2, 3, 7, 30, 299}) {
      List<int[]> lists = lists(3, words, most);
      list(state, lists);
      for (int first : new int[] {0, 3, 4}) { // of the second slot, and so many rows of it
        int[] some = Reference.range(5 + first, 5 - first);
        Tensor few =
            upload(Arrays.copyOfRange(x, (5 + first) * inputs, 10 * inputs), some.length, inputs);
        Tensor of = device.allocate(DataType.F32, new Shape(some.length, words));
        device.linearToShortlists(few, packed, new TokenRows.Decoding(upload(some), state), of);
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
}
