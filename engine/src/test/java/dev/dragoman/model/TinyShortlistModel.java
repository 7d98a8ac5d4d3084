// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.device.Activation;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.text.BlankTokenizer;
import dev.dragoman.text.SourceTokens;
import dev.dragoman.text.Vocabulary;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes models of a few words and without weights, as no shortlist asks for weights. */
public final class TinyShortlistModel {
  public static final List<String> SOURCE = List.of("</s>", "<unk>", "a", "b", "c", "d");
  public static final List<String> TARGET =
      List.of("</s>", "<unk>", "<s>", "x", "y", "z", "w", "v", "u");

  private TinyShortlistModel() {}

  /** Returns a model from {@link #SOURCE} to {@link #TARGET}. */
  public static Model usual() {
    return of(SOURCE, TARGET, new SpecialTokens(2, 0, -1, 1, List.of()));
  }

  /** Returns a model of these words; equal source and target words are one vocabulary. */
  public static Model of(List<String> source, List<String> target, SpecialTokens tokens) {
    ModelConfig config =
        new ModelConfig(
            new Label("tiny", "test"),
            new Sizes(8, new Stack(1, 2, 8), new Stack(1, 2, 8), 16, source.size(), target.size()),
            new Variant(Activation.RELU, NormPlacement.POST, 1),
            tokens);
    Vocabulary words = vocabulary(source);
    return new Model(
        config,
        null,
        new BlankTokenizer(
            new SourceTokens(words, List.of(), List.of(0), 1),
            source.equals(target) ? words : vocabulary(target),
            Set.of()));
  }

  private static Vocabulary vocabulary(List<String> words) {
    return new Vocabulary(
        IntStream.range(0, words.size()).boxed().collect(Collectors.toMap(words::get, id -> id)),
        words.size());
  }
}
