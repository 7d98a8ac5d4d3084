// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.pipeline.AttentionWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of another maker translates as CTranslate2 itself does, token by token. */
@Tag("processor")
class CTranslate2GoldenTest {
  private static final Path SHARED =
      Path.of(System.getProperty("dragoman.root", "..")).resolve("../shared");
  private static final double SCORE_TOLERANCE = 2e-4;
  private static final double ATTENTION_TOLERANCE = 1e-4;

  @ParameterizedTest
  @CsvSource({"ct2-aren.jsonl, 1536", "ct2-aren-edge.jsonl, 36", "ct2-aren-attention.jsonl, 40"})
  void transliterates(String name, int records) throws IOException {
    Path golden = SHARED.resolve("golden").resolve(name);
    Assumptions.assumeTrue(Files.exists(golden), "skipped: " + golden + " is not there");
    Map<JsonNode, List<JsonNode>> byOptions = new LinkedHashMap<>();
    for (JsonNode row : JsonLines.read(golden)) {
      byOptions.computeIfAbsent(row.get("options"), options -> new ArrayList<>()).add(row);
    }
    AttentionWeights attention =
        byOptions.values().iterator().next().get(0).has("attention")
            ? AttentionWeights.KEEP
            : AttentionWeights.DROP;
    int checked = 0;
    for (var group : byOptions.entrySet()) {
      checked += check(options(group.getKey()).withAttention(attention), group.getValue());
    }
    assertEquals(records, checked);
  }

  /** Quantized weights move few hypotheses; a scale read wrongly would move all. */
  @ParameterizedTest
  @CsvSource({"aren-transliteration-i16, 0.95", "aren-transliteration-i8, 0.8"})
  void quantizedModelsAgree(String name, double least) throws IOException {
    Path model = SHARED.resolve("models").resolve(name);
    Assumptions.assumeTrue(Files.exists(model), "skipped: " + model + " is not there");
    List<JsonNode> rows =
        JsonLines.read(SHARED.resolve("golden/ct2-aren.jsonl")).stream()
            .filter(row -> row.get("options").get("beam_size").asInt() == 1)
            .toList();
    try (Translator translator = Translator.load(model, options(rows.get(0).get("options")))) {
      List<Translation> translations = translator.translate(texts(rows));
      int equal = 0;
      for (int i = 0; i < rows.size(); i++) {
        List<String> wanted = JsonLines.texts(rows.get(i).get("hypotheses").get(0));
        equal += wanted.equals(translations.get(i).hypotheses().get(0).pieces()) ? 1 : 0;
      }
      double share = (double) equal / rows.size();
      assertTrue(share >= least, name + " agrees in " + equal + " of " + rows.size());
    }
  }

  private static List<String> texts(List<JsonNode> rows) {
    return rows.stream().map(row -> String.join(" ", JsonLines.texts(row.get("src")))).toList();
  }

  private static int check(TranslationOptions options, List<JsonNode> rows) {
    try (Translator translator =
        Translator.load(SHARED.resolve("models/aren-transliteration"), options)) {
      List<String> texts = texts(rows);
      List<Translation> translations = translator.translate(texts);
      for (int i = 0; i < texts.size(); i++) {
        check(rows.get(i), translations.get(i));
      }
      return texts.size();
    }
  }

  private static void check(JsonNode golden, Translation translation) {
    String where = golden.get("src") + " with " + golden.get("options");
    assertTrue(translation.failure().isEmpty(), where);
    assertEquals(golden.get("hypotheses").size(), translation.hypotheses().size(), where);
    for (int i = 0; i < translation.hypotheses().size(); i++) {
      Translation.Hypothesis actual = translation.hypotheses().get(i);
      assertEquals(JsonLines.texts(golden.get("hypotheses").get(i)), actual.pieces(), where);
      assertEquals(golden.get("scores").get(i).asDouble(), actual.score(), SCORE_TOLERANCE, where);
      if (golden.has("attention")) {
        checkAttention(golden.get("attention").get(i), actual, where);
      } else {
        assertEquals(List.of(), actual.attention(), where);
      }
    }
  }

  private static void checkAttention(JsonNode golden, Translation.Hypothesis actual, String where) {
    assertEquals(golden.size(), actual.pieces().size(), where);
    if (actual.attention().isEmpty()) {
      assertEquals(List.of(), actual.pieces(), where); // of nothing, nothing was looked at
      return;
    }
    float[][] weights = actual.attention().get(0).weights();
    assertEquals(golden.size(), weights.length, where);
    for (int token = 0; token < weights.length; token++) {
      assertEquals(golden.get(token).size(), weights[token].length, where);
      for (int source = 0; source < weights[token].length; source++) {
        double wanted = golden.get(token).get(source).asDouble();
        assertEquals(wanted, weights[token][source], ATTENTION_TOLERANCE, where);
      }
    }
  }

  private static TranslationOptions options(JsonNode golden) {
    return TranslationOptions.defaults()
        .withDevice("cpu")
        .withPrecision(Precision.FLOAT32)
        .withBeamSize(golden.get("beam_size").asInt())
        .withLengthPenalty(golden.get("length_penalty").asDouble())
        .withNBest(golden.get("num_hypotheses").asInt())
        .withMaxLength(golden.get("max_decoding_length").asInt());
  }
}
