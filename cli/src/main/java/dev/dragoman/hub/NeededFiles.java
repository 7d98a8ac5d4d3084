// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Which of a model's files Dragoman reads: the small ones, and one form of the weights. */
final class NeededFiles {

  private static final Pattern SMALL =
      Pattern.compile(
          "config\\.json|generation_config\\.json|tokenizer_config\\.json|tokenizer\\.json"
              + "|special_tokens_map\\.json|added_tokens\\.json|vocab\\.json|target_vocab\\.json"
              + "|(?:source|target)\\.spm|sentencepiece\\.(?:bpe\\.)?model"
              + "|(?:shared|source|target)_vocabulary\\.(?:json|txt)|vmap\\.txt");

  /**
   * The names of weights, best first: safetensors before pickles, and last what CTranslate2 calls
   * its weights.
   */
  private static final List<Pattern> WEIGHTS =
      List.of(
          Pattern.compile("model\\.safetensors"),
          Pattern.compile(
              "model\\.safetensors\\.index\\.json|model-[0-9]+-of-[0-9]+\\.safetensors"),
          Pattern.compile("pytorch_model\\.bin"),
          Pattern.compile(
              "pytorch_model\\.bin\\.index\\.json|pytorch_model-[0-9]+-of-[0-9]+\\.bin"),
          Pattern.compile("model\\.bin"));

  private NeededFiles() {}

  /** Returns the names of the files that are needed, without weights if there are none to read. */
  static List<String> of(Collection<String> all) {
    List<String> needed = new ArrayList<>(matching(all, SMALL));
    needed.addAll(weights(all));
    return needed;
  }

  /** Says whether weights are among the names. */
  static boolean hasWeights(Collection<String> all) {
    return !weights(all).isEmpty();
  }

  private static List<String> weights(Collection<String> all) {
    return WEIGHTS.stream()
        .map(pattern -> matching(all, pattern))
        .filter(names -> !names.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static List<String> matching(Collection<String> all, Pattern pattern) {
    return all.stream().filter(name -> pattern.matcher(name).matches()).sorted().toList();
  }
}
