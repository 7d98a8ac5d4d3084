// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Translations of the bundled model as CTranslate2 gave them, with the options that made them: one
 * JSON object for each line.
 */
public final class GoldenFile {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models/fr-en");
  private static final double SCORE_TOLERANCE = 1e-4;

  private GoldenFile() {}

  /**
   * Translates every record and compares pieces, scores and texts.
   *
   * @param on gives the options their device
   * @return how many records there are
   */
  public static int check(Path golden, UnaryOperator<TranslationOptions> on) throws IOException {
    Map<JsonNode, List<JsonNode>> byOptions = new LinkedHashMap<>();
    for (JsonNode row : JsonLines.read(golden)) {
      byOptions.computeIfAbsent(row.get("options"), options -> new ArrayList<>()).add(row);
    }
    int checked = 0;
    for (var group : byOptions.entrySet()) {
      try (Translator translator = Translator.load(MODEL, on.apply(options(group.getKey())))) {
        List<String> texts =
            group.getValue().stream().map(row -> row.get("text").asText()).toList();
        List<Translation> translations = translator.translate(texts);
        for (int i = 0; i < texts.size(); i++) {
          check(group.getValue().get(i), translations.get(i));
          checked++;
        }
      }
    }
    return checked;
  }

  private static void check(JsonNode golden, Translation translation) {
    String where = golden.get("text").asText() + " with " + golden.get("options");
    assertTrue(translation.failure().isEmpty(), where);
    assertEquals(golden.get("hypotheses").size(), translation.hypotheses().size(), where);
    for (int i = 0; i < translation.hypotheses().size(); i++) {
      Translation.Hypothesis actual = translation.hypotheses().get(i);
      assertEquals(JsonLines.texts(golden.get("hypotheses").get(i)), actual.pieces(), where);
      assertEquals(golden.get("scores").get(i).asDouble(), actual.score(), SCORE_TOLERANCE, where);
      assertEquals(golden.get("translations").get(i).asText(), actual.text(), where);
    }
  }

  private static TranslationOptions options(JsonNode golden) {
    return TranslationOptions.defaults()
        .withBeamSize(golden.get("beam_size").asInt())
        .withLengthPenalty(golden.get("length_penalty").asDouble())
        .withPatience(golden.path("patience").asDouble(1))
        .withNBest(golden.get("num_hypotheses").asInt())
        .withMaxLength(golden.get("max_decoding_length").asInt());
  }
}
