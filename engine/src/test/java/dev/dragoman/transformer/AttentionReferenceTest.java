// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.TestModels;
import dev.dragoman.TranslationOptions;
import dev.dragoman.device.Activation;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.RandomModel;
import dev.dragoman.pipeline.AttentionWeights;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The attention of every hypothesis is that of the paper's formulas in float64 for its own tokens:
 * through beams that change places, slots that are used again, and sources beside each other.
 */
@Tag("processor")
class AttentionReferenceTest {
  private static final int SENTENCES = 9;

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "4, 0, 3", "4, 2, 1", "5, 1, 4"})
  void attentionIsThatOfThePaper(int beam, int layer, int heads) throws Exception {
    ModelConfig config = config(new Alignment(layer, heads));
    Model model =
        new Model(
            config, RandomModel.weights(config, Set.of(), 3), TestModels.letters().tokenizer());
    ReferenceTransformer reference = new ReferenceTransformer(config, model.weights());
    TranslationOptions options =
        TestModels.options()
            .withBeamSize(beam)
            .withNBest(beam)
            .withSlots(3)
            .withAttention(AttentionWeights.KEEP);
    List<int[]> sources = sources(config);
    try (Engine engine = Engine.start(model, List.of(TestModels.cpu()), options.engine())) {
      List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>();
      for (int[] source : sources) {
        results.add(engine.translate(source));
      }
      int checked = 0;
      for (int i = 0; i < sources.size(); i++) {
        for (Hypothesis hypothesis : results.get(i).get()) {
          checked += check(reference, sources.get(i), hypothesis);
        }
      }
      assertTrue(checked >= SENTENCES * beam, "only " + checked + " tokens");
    }
  }

  private static int check(ReferenceTransformer reference, int[] source, Hypothesis hypothesis) {
    int[] tokens = hypothesis.tokens();
    assertEquals(tokens.length, hypothesis.attention().length);
    if (tokens.length == 0) {
      return 0;
    }
    RealMatrix expected = reference.alignment(source, tokens);
    for (int token = 0; token < tokens.length; token++) {
      assertEquals(source.length, hypothesis.attention()[token].length);
      for (int key = 0; key < source.length; key++) {
        double wanted = expected.getEntry(token, key);
        assertEquals(wanted, hypothesis.attention()[token][key], 1e-5, "token " + token);
      }
    }
    return tokens.length;
  }

  private static List<int[]> sources(ModelConfig config) {
    Random random = new Random(5);
    List<int[]> sources = new ArrayList<>();
    for (int i = 0; i < SENTENCES; i++) {
      sources.add(random.ints(1 + 3 * i % 13, 4, config.sizes().sourceVocabulary()).toArray());
    }
    return sources;
  }

  private static ModelConfig config(Alignment alignment) {
    return new ModelConfig(
        new Label("random", "none"),
        new Sizes(32, new Stack(1, 4, 24), new Stack(3, 4, 24), 13, 31, 29),
        new Variant(Activation.RELU, NormPlacement.POST, 1),
        new SpecialTokens(2, 0, 3, 1, List.of(3)),
        alignment);
  }
}
