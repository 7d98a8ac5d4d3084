// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.text.AddedTokens;
import dev.dragoman.text.Vocabulary;
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
 * @param added tokens that stand for their text
 */
record M2m100Vocabulary(
    Path file, Vocabulary pieces, Map<String, Integer> languages, AddedTokens added) {

  /** A token of a language: {@code __fr__} or {@code fra_Latn}. */
  private static final Pattern LANGUAGE =
      Pattern.compile("__([a-z]{2,3})__|([a-z]{3}_[A-Z][a-z]{3})");

  /**
   * Reads what is there; tokenizer.json says all, the other files a part each.
   *
   * @param size rows of the model's embedding
   */
  static M2m100Vocabulary read(Path directory, int size) {
    ModelFolder folder = DirectoryFolder.open(directory);
    AddedVocabulary.refuseUnsupported(folder);
    JsonFile tokenizer = JsonFile.readIfPresent(folder, HuggingFaceFiles.TOKENIZER);
    JsonFile words = words(folder, tokenizer);
    Map<String, Integer> pieces = words.integers();
    AddedVocabulary added = AddedVocabulary.read(folder, tokenizer);
    if (added.ids().keySet().stream().noneMatch(LANGUAGE.asMatchPredicate())) {
      added = added.numbered(pieces.size()); // only the languages' order is written
    }
    Map<String, Integer> languages = new LinkedHashMap<>();
    added
        .ids()
        .forEach(
            (token, id) -> {
              Matcher language = LANGUAGE.matcher(token);
              if (language.matches()) {
                languages.put(language.group(language.group(1) == null ? 2 : 1), id);
              }
            });
    if (languages.isEmpty()) {
      throw new ModelFormatException(directory + ": no file names the tokens of the languages");
    }
    Vocabulary all = added.over(pieces, words.file(), size);
    return new M2m100Vocabulary(
        words.file(),
        all,
        languages,
        added.inTexts(all, words.file(), LANGUAGE.asMatchPredicate()));
  }

  private static JsonFile words(ModelFolder folder, JsonFile tokenizer) {
    String name = HuggingFaceFiles.VOCABULARY;
    if (folder.has(name)) {
      return JsonFile.parse(folder.file(name), folder.bytes(name));
    }
    JsonNode vocabulary = tokenizer.root().at("/model/vocab");
    if (!vocabulary.isObject()) {
      throw new ModelFormatException(
          "%s is missing, and %s with pieces too"
              .formatted(folder.file(name), HuggingFaceFiles.TOKENIZER));
    }
    return new JsonFile(tokenizer.file(), vocabulary);
  }
}
