// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.HostTensor;
import dev.dragoman.model.Model;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Dense;
import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.util.MathArrays;
import org.junit.jupiter.api.Test;

class RandomTransformerTest {

  @Test
  void theSameSeedGivesTheSameWeights() {
    assertArrayEquals(numbers(weights(1).output().weight()), numbers(weights(1).output().weight()));
    assertFalse(
        Arrays.equals(
            numbers(weights(1).output().weight()), numbers(weights(2).output().weight())));
  }

  /** The product of a normalized row with any weights again has numbers of about 1. */
  @Test
  void productsKeepTheScale() {
    Dense dense = weights(1).decoder().layers().get(1).feedForward().first();
    int inputs = dense.weight().shape().columns();
    double[] weights = numbers(dense.weight());
    double[] ones = new double[inputs];
    Arrays.fill(ones, 1);
    double[] products = new double[dense.weight().shape().rows()];
    for (int row = 0; row < products.length; row++) {
      double[] of = Arrays.copyOfRange(weights, row * inputs, (row + 1) * inputs);
      products[row] = MathArrays.linearCombination(of, ones);
    }
    assertEquals(1, StatUtils.variance(products), 0.4);
    assertEquals(0, StatUtils.mean(products), 0.4);
  }

  @Test
  void translatesItsOwnWords() {
    TranslationOptions options =
        TranslationOptions.defaults().withDevice("cpu").withWorkers(1).withMaxLength(9);
    try (Translator translator = Translator.load(SmallTransformer.model(), options)) {
      String text = translator.translate("w5 w17 w99").text();
      assertTrue(text.matches("w\\d+( w\\d+)*"), text);
    }
  }

  @Test
  void theNamedShapesHaveAsManyWeightsAsThePaperSays() {
    assertEquals(65e6, weightsOf(TransformerShape.BASE, 37_000), 2.5e6);
    assertEquals(213e6, weightsOf(TransformerShape.BIG, 37_000), 3e6);
  }

  /**
   * Counts the weights of a model of the paper's table 3, with its vocabulary of 37,000 (section
   * 5.1).
   */
  private static double weightsOf(TransformerShape shape, int vocabulary) {
    double square = (double) shape.width() * shape.width();
    double inner = 2.0 * shape.width() * shape.encoder().feedForward();
    return shape.encoder().layers() * (4 * square + inner)
        + shape.decoder().layers() * (8 * square + inner)
        + (double) vocabulary * shape.width();
  }

  private static TransformerWeights weights(long seed) {
    Model model = RandomTransformer.of(SmallTransformer.shape(), seed);
    return model.weights();
  }

  private static double[] numbers(HostTensor tensor) {
    float[] floats = tensor.floats();
    double[] numbers = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      numbers[i] = floats[i];
    }
    return numbers;
  }
}
