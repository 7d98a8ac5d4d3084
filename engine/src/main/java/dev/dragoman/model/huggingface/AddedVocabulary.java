// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.text.AddedTokens;
import dev.dragoman.text.AddedTokens.Rule;
import dev.dragoman.text.OneLine;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The tokens that transformers' files add to a vocabulary. Which files these are depends on the
 * version of transformers that wrote them, and most versions write a token to several. A model
 * whose files contradict each other is refused.
 */
public final class AddedVocabulary {
  private static final String IDS = "added_tokens.json";
  private static final String SPECIAL = "special_tokens_map.json";

  /** The fields of all versions that list special tokens without their ids. */
  private static final List<String> LISTS =
      List.of("additional_special_tokens", "extra_special_tokens");

  /** The tokens that are parts of every sentence; in a text {@code </s>} is a word as others. */
  private static final Set<String> PARTS = Set.of("<s>", "</s>", "<unk>", "<pad>", "<mask>");

  /** The fields of a token that are rules. */
  private static final Map<String, Rule> RULES =
      Map.of("lstrip", Rule.STRIPS_LEFT, "rstrip", Rule.STRIPS_RIGHT, "special", Rule.SPECIAL);

  /** One token, and the file that names it. */
  private record Token(Path file, int id, Set<Rule> rules) {}

  /** The id of a token that has none. */
  private static final int UNNUMBERED = -1;

  private final Map<String, Token> tokens;

  private AddedVocabulary(Map<String, Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads what there is.
   *
   * @throws ModelFormatException if it is broken, contradicts itself or asks for something
   *     unsupported
   */
  public static AddedVocabulary read(ModelFolder folder) {
    return read(folder, JsonFile.readIfPresent(folder, HuggingFaceFiles.TOKENIZER));
  }

  /** Reads what there is beside tokenizer.json, which can be large and has been read. */
  public static AddedVocabulary read(ModelFolder folder, JsonFile tokenizer) {
    AddedVocabulary added = new AddedVocabulary(new LinkedHashMap<>());
    for (JsonNode token : tokenizer.root().path("added_tokens")) {
      added.add(tokenizer, token.path("id").asText(), token);
    }
    JsonFile config = JsonFile.readIfPresent(folder, HuggingFaceFiles.TOKENIZER_CONFIG);
    for (Map.Entry<String, JsonNode> token :
        config.root().path("added_tokens_decoder").properties()) {
      added.add(config, token.getKey(), token.getValue());
    }
    JsonFile ids = JsonFile.readIfPresent(folder, IDS);
    ids.integers().forEach((text, id) -> added.add(text, new Token(ids.file(), id, Set.of())));
    for (JsonFile file : List.of(config, JsonFile.readIfPresent(folder, SPECIAL))) {
      for (String list : LISTS) {
        file.root().path(list).forEach(token -> added.addSpecial(file, list, token));
      }
    }
    return added;
  }

  /**
   * Refuses what would cut texts in another way if it were passed over.
   *
   * @throws ModelFormatException that names the file and the setting
   */
  static void refuseUnsupported(ModelFolder folder) {
    JsonFile config = JsonFile.readIfPresent(folder, HuggingFaceFiles.TOKENIZER_CONFIG);
    if (!config.root().path("sp_model_kwargs").isEmpty()) {
      throw config.wrong("sp_model_kwargs", "supported; only {} is");
    }
    if (config.flag("split_special_tokens", false)) {
      throw config.wrong("split_special_tokens", "supported; only false is");
    }
    for (JsonFile file : List.of(config, JsonFile.readIfPresent(folder, SPECIAL))) {
      Map.of("eos_token", HuggingFaceConfig.END, "unk_token", HuggingFaceConfig.UNKNOWN)
          .forEach(
              (field, text) -> {
                if (file.has(field) && !text(file.root().get(field)).equals(text)) {
                  throw file.wrong(field, "\"" + text + "\", as is supported");
                }
              });
    }
  }

  private void add(JsonFile file, String id, JsonNode token) {
    if (!id.matches("[0-9]{1,9}") || text(token).isEmpty()) {
      throw wrong(file.file(), id + ": " + token, "is no id and a text");
    }
    add(text(token), new Token(file.file(), Integer.parseInt(id), rules(file, token)));
  }

  private void add(String text, Token token) {
    Token before = tokens.putIfAbsent(text, token);
    if (before != null && before.id != token.id) {
      throw wrong(
          token.file,
          text,
          "has id %d, but %d in %s".formatted(token.id, before.id, before.file.getFileName()));
    }
  }

  /** Adds a token whose id is in another file, if it has one. */
  private void addSpecial(JsonFile file, String list, JsonNode token) {
    if (text(token).isEmpty()) {
      throw file.wrong(list, "a list of texts");
    }
    Set<Rule> rules = EnumSet.of(Rule.SPECIAL);
    rules.addAll(rules(file, token));
    Token before = tokens.get(text(token));
    if (before != null) {
      rules.addAll(before.rules);
    }
    tokens.put(
        text(token),
        before == null
            ? new Token(file.file(), UNNUMBERED, rules)
            : new Token(before.file, before.id, rules));
  }

  private static String text(JsonNode token) {
    return token.isTextual() ? token.textValue() : token.path("content").asText();
  }

  private static Set<Rule> rules(JsonFile file, JsonNode token) {
    if (token.path("single_word").asBoolean()) {
      throw wrong(file.file(), text(token), "is a single word only, which is not supported");
    }
    Set<Rule> rules = EnumSet.noneOf(Rule.class);
    for (Map.Entry<String, Rule> rule : RULES.entrySet()) {
      if (token.path(rule.getKey()).asBoolean()) {
        rules.add(rule.getValue());
      }
    }
    return rules;
  }

  /** Numbers those without id in their order, from {@code first} on. */
  AddedVocabulary numbered(int first) {
    Map<String, Token> numbered = new LinkedHashMap<>();
    int next = first;
    for (Map.Entry<String, Token> entry : tokens.entrySet()) {
      Token token = entry.getValue();
      int id = token.id == UNNUMBERED ? next++ : token.id;
      numbered.put(entry.getKey(), new Token(token.file, id, token.rules));
    }
    return new AddedVocabulary(numbered);
  }

  /** Leaves out the parts of every sentence, for a vocabulary that may number them anew. */
  AddedVocabulary withoutParts() {
    Map<String, Token> others = new LinkedHashMap<>(tokens);
    others.keySet().removeAll(PARTS);
    return new AddedVocabulary(others);
  }

  /** Returns the ids of those that have one. */
  Map<String, Integer> ids() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    tokens.forEach(
        (text, token) -> {
          if (token.id != UNNUMBERED) {
            ids.put(text, token.id);
          }
        });
    return ids;
  }

  /**
   * Makes a vocabulary of words and these tokens.
   *
   * @param words of {@code file}
   * @param size rows of the model's embedding
   * @throws ModelFormatException if a token has another id there, or one that is another's, or if
   *     the words themselves are no vocabulary
   */
  Vocabulary over(Map<String, Integer> words, Path file, int size) {
    Map<String, Integer> all = new LinkedHashMap<>(words);
    Map<Integer, String> taken = new HashMap<>();
    words.forEach((text, id) -> taken.put(id, text));
    ids()
        .forEach(
            (text, id) -> {
              Path named = tokens.get(text).file;
              String other = taken.putIfAbsent(id, text);
              if (all.getOrDefault(text, id) != id.intValue()) {
                String what = "has id %d, but %d in %s";
                throw wrong(named, text, what.formatted(id, all.get(text), file.getFileName()));
              }
              if (other != null && !other.equals(text)) {
                throw wrong(named, text, "has id %d, as %s has".formatted(id, other));
              }
              if (id < 0 || id >= size) {
                throw wrong(
                    named, text, "has id %d, but the model has %d words".formatted(id, size));
              }
              all.put(text, id);
            });
    return TokenizerFiles.vocabulary(file, all, size);
  }

  /**
   * Selects those that stand for their text in a text.
   *
   * @param silent those that do not, beside those with a part in every sentence
   * @throws ModelFormatException if the vocabulary of {@code file} lacks one
   */
  public AddedTokens inTexts(Vocabulary vocabulary, Path file, Predicate<String> silent) {
    Map<String, Set<Rule>> rules = new HashMap<>();
    tokens.forEach(
        (text, token) -> {
          if (PARTS.contains(text) || silent.test(text)) {
            return;
          }
          if (!vocabulary.contains(text)) {
            throw wrong(token.file, text, "has no id, as it is not in " + file.getFileName());
          }
          rules.put(text, Set.copyOf(token.rules));
        });
    return new AddedTokens(rules);
  }

  private static ModelFormatException wrong(Path file, String text, String what) {
    return new ModelFormatException(
        "%s: added token %s %s".formatted(file, OneLine.of(text), OneLine.of(what)));
  }
}
