// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.RandomModel;
import dev.dragoman.model.RandomModel.Part;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.operations.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of all shapes give the logits of the paper's formulas in float64. */
@Tag("processor")
class TransformerReferenceTest {
  private static final int STEPS = 6;
  private static final int END = 0;
  private static final int PAD = 3;

  @ParameterizedTest
  @CsvSource({
    "POST, RELU, 24, ''",
    "POST, SWISH, 128, TIED_EMBEDDINGS",
    "POST, GELU, 24, EMBEDDING_NORMS",
    "PRE, RELU, 24, FINAL_NORMS",
    "PRE, GELU, 128, EMBEDDING_NORMS FINAL_NORMS",
    "PRE, SWISH, 24, EMBEDDING_NORMS FINAL_NORMS TIED_EMBEDDINGS",
    "PRE, GELU_TANH, 128, TIED_EMBEDDINGS",
  })
  void logitsAreThoseOfThePaper(
      NormPlacement placement, Activation activation, int width, String names) {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    Stream.of(names.split(" ")).filter(n -> !n.isEmpty()).map(Part::valueOf).forEach(parts::add);
    ModelConfig config = config(placement, activation, width, parts);
    TransformerWeights weights = RandomModel.weights(config, parts, 7);
    List<TeacherForcing.Pair> pairs = pairs(config);
    try (Logits device = new Logits(Devices.open("cpu", Optional.of(DataType.F32)))) {
      new TeacherForcing(Transformer.load(config, weights, device), device).run(pairs);
      ReferenceTransformer reference = new ReferenceTransformer(config, weights);
      for (int slot = 0; slot < pairs.size(); slot++) {
        TeacherForcing.Pair pair = pairs.get(slot);
        check(reference.logits(pair.source(), pair.target()), device.ofRow(slot), "slot " + slot);
      }
    }
  }

  /** Compares logits but for the suppressed word's, which is -infinity. */
  private static void check(RealMatrix expected, float[][] actual, String where) {
    for (int step = 0; step < actual.length; step++) {
      assertEquals(Float.NEGATIVE_INFINITY, actual[step][PAD], where + ", the suppressed word");
      actual[step][PAD] = 0;
      expected.setEntry(step, PAD, 0);
      // The last sums are large without a final norm, and small logits are differences of large
      // numbers: what counts is the row's size.
      double size = 1 + expected.getRowVector(step).getLInfNorm();
      Tolerance tolerance = new Tolerance(1e-5 * size, 0);
      tolerance.check(where + ", step " + step, expected.getRowMatrix(step), actual[step], 0);
    }
  }

  /** Returns sources of several lengths, the longest with a token for each position. */
  private static List<TeacherForcing.Pair> pairs(ModelConfig config) {
    Random random = new Random(11);
    List<TeacherForcing.Pair> pairs = new ArrayList<>();
    for (int length : new int[] {1, 5, config.sizes().maxPositions()}) {
      int[] target = random.ints(STEPS, 0, config.sizes().targetVocabulary()).toArray();
      target[0] = config.tokens().start();
      int[] source = random.ints(length, 0, config.sizes().sourceVocabulary()).toArray();
      pairs.add(new TeacherForcing.Pair(source, target));
    }
    return pairs;
  }

  private static ModelConfig config(
      NormPlacement placement, Activation activation, int width, Set<Part> parts) {
    int target = parts.contains(Part.TIED_EMBEDDINGS) ? 31 : 37;
    return new ModelConfig(
        new Label("random", "none"),
        new Sizes(width, new Stack(2, width / 8, 40), new Stack(3, 2, 56), 13, 31, target),
        new Variant(activation, placement, (float) Math.sqrt(width)),
        new SpecialTokens(2, END, PAD, 1, List.of(PAD)));
  }

  /** Keeps the logits of every step. */
  private static final class Logits extends WatchedDevice {
    private final List<float[]> steps = new ArrayList<>();
    private int vocabulary;

    Logits(Device device) {
      super(device);
    }

    @Override
    public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
      float[] numbers = new float[logits.shape().size()];
      device.download(logits, numbers);
      float[] biases = new float[bias.shape().rows()];
      device.download(bias, biases);
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] += biases[i % biases.length];
      }
      steps.add(numbers);
      vocabulary = logits.shape().columns();
      device.advance(logits, bias, tokens);
    }

    float[][] ofRow(int row) {
      return steps.stream()
          .map(step -> Arrays.copyOfRange(step, row * vocabulary, (row + 1) * vocabulary))
          .toArray(float[][]::new);
    }

    @Override
    public Device fork() {
      throw new UnsupportedOperationException("one fork is enough here");
    }
  }
}
