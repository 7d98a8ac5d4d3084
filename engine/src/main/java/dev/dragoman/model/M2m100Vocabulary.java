package dev.dragoman.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pieces of an M2M-100 or NLLB model and the tokens of its languages, from the files where the
 * different versions of transformers have written them.
 *
 * @param file where the pieces are
 * @param pieces all tokens with a name
 * @param languages code and token
 */
record M2m100Vocabulary(Path file, Map<String, Integer> pieces, Map<String, Integer> languages) {

  /** {@code __fr__} or {@code fra_Latn}. */
  private static final Pattern LANGUAGE =
      Pattern.compile("__([a-z]{2,3})__|([a-z]{3}_[A-Z][a-z]{3})");

  /** Reads what is there; tokenizer.json says all, the other files a part each. */
  static M2m100Vocabulary read(Path directory) {
    JsonFile tokenizer = JsonFile.readIfPresent(directory.resolve("tokenizer.json"));
    Map<String, Integer> pieces = new LinkedHashMap<>();
    JsonFile words = words(directory, tokenizer);
    pieces.putAll(words.integers());
    Map<String, Integer> added = added(directory, tokenizer, pieces.size());
    Map<String, Integer> languages = new LinkedHashMap<>();
    added.forEach(
        (token, id) -> {
          pieces.putIfAbsent(token, id);
          Matcher language = LANGUAGE.matcher(token);
          if (language.matches()) {
            languages.put(language.group(language.group(1) == null ? 2 : 1), id);
          }
        });
    if (languages.isEmpty()) {
      throw new ModelFormatException(directory + ": no file names the tokens of the languages");
    }
    return new M2m100Vocabulary(words.file(), pieces, languages);
  }

  private static JsonFile words(Path directory, JsonFile tokenizer) {
    Path file = directory.resolve("vocab.json");
    JsonNode inTokenizer = tokenizer.root().at("/model/vocab");
    if (ModelFiles.isThere(file)) {
      return JsonFile.read(file);
    }
    if (inTokenizer.isObject()) {
      return new JsonFile(tokenizer.file(), inTokenizer);
    }
    throw new ModelFormatException(file + " is missing, and tokenizer.json with pieces too");
  }

  private static Map<String, Integer> added(Path directory, JsonFile tokenizer, int pieces) {
    Map<String, Integer> added = new LinkedHashMap<>();
    for (JsonNode token : tokenizer.root().path("added_tokens")) {
      put(tokenizer, added, token.path("content").asText(), token.path("id"));
    }
    added.putAll(JsonFile.readIfPresent(directory.resolve("added_tokens.json")).integers());
    JsonFile config = JsonFile.readIfPresent(directory.resolve("tokenizer_config.json"));
    for (Map.Entry<String, JsonNode> token :
        config.root().path("added_tokens_decoder").properties()) {
      int id = token.getKey().matches("[0-9]{1,9}") ? Integer.parseInt(token.getKey()) : -1;
      added.put(token.getValue().path("content").asText(), id);
    }
    if (added.keySet().stream().noneMatch(LANGUAGE.asMatchPredicate())) {
      // Only their order is written: they follow the pieces.
      int id = pieces;
      JsonFile special = JsonFile.readIfPresent(directory.resolve("special_tokens_map.json"));
      for (JsonNode token : special.root().path("additional_special_tokens")) {
        added.put(token.isTextual() ? token.asText() : token.path("content").asText(), id++);
      }
    }
    return added;
  }

  private static void put(JsonFile file, Map<String, Integer> to, String token, JsonNode id) {
    if (!id.canConvertToInt()) {
      throw file.wrong("added_tokens", "a list of tokens with integers as ids");
    }
    to.put(token, id.intValue());
  }
}
