// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.GivenTranslations.Pieces;
import dev.dragoman.GivenTranslations.Told;
import dev.dragoman.model.Model;
import dev.dragoman.text.SentencePiece;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that Marian trained have Marian's numbers. {@code a} is a Transformer as Marian makes it
 * by default, {@code g} uses one layer of the decoder twice, {@code b} has its norms before the
 * layers and two vocabularies.
 */
@Tag("processor")
class MarianGoldenTest {
  private static final double SCORE_TOLERANCE = 2e-4;
  private static final double LEAST_EQUAL = 0.95;

  @TempDir Path directory;

  /**
   * Every hypothesis that Marian's decoder found with the float32 weights, by whatever search. Left
   * out are those found with a shortlist, which takes words out of the softmax, and those of the
   * {@code .bin} files, of which most have been rounded. Of {@code b} all are left out: Marian's
   * decoder does not normalize there what it attends to, though its training does.
   */
  @ParameterizedTest
  @CsvSource({"a, 757, 2866", "g, 773, 2936"})
  void hypothesesCostWhatMariansDecoderSays(String name, int records, int hypotheses)
      throws IOException {
    MarianGolden golden = MarianGolden.of(name);
    GivenTranslations given = new GivenTranslations(golden.open(directory));
    int used = 0;
    for (JsonNode record : golden.records("golden.jsonl.gz")) {
      if (!record.get("model").asText().equals("model.npz") || has(record, "--shortlist")) {
        continue;
      }
      used++;
      List<String> source = JsonLines.texts(record.get("src_pieces"));
      for (JsonNode one : record.get("hypotheses")) {
        List<String> target = JsonLines.texts(one.get("pieces"));
        Told told = Told.of(one.get("path_score"), one.get("word_scores"));
        if (has(record, "--max-length-crop")) {
          given.add(new Pieces(cropped(record, source), target), told);
        } else {
          given.add(record.get("src").asText(), new Pieces(source, target), told);
        }
      }
    }
    assertEquals(records, used);
    assertEquals(hypotheses, given.check());
  }

  private static boolean has(JsonNode record, String option) {
    return JsonLines.texts(record.get("options")).contains(option);
  }

  /** Returns as much of a source as Marian read, which counts the end token. */
  private static List<String> cropped(JsonNode record, List<String> source) {
    List<String> options = JsonLines.texts(record.get("options"));
    int most = Integer.parseInt(options.get(options.indexOf("--max-length") + 1)) - 1;
    return source.subList(0, Math.min(source.size(), most));
  }

  /** Translations by people, some of other sentences, and the decoder's own. */
  @ParameterizedTest
  @CsvSource({"a, 94", "b, 95", "g, 93"})
  void translationsCostWhatMariansScorerSays(String name, int records) throws IOException {
    MarianGolden golden = MarianGolden.of(name);
    Model model = golden.open(directory);
    SentencePiece sourcePieces = golden.sourcePieces();
    SentencePiece targetPieces = golden.targetPieces();
    GivenTranslations given = new GivenTranslations(model);
    for (JsonNode record : golden.records("scorer.jsonl.gz")) {
      if (record.get("kind").asText().equals("scorer")) {
        Pieces pieces =
            new Pieces(
                sourcePieces.pieces(record.get("src").asText()),
                targetPieces.pieces(record.get("trg").asText()));
        given.add(pieces, Told.of(record.get("log_prob"), record.get("word_scores")));
      } else {
        Pieces pieces =
            new Pieces(
                JsonLines.texts(record.get("src_pieces")),
                JsonLines.texts(record.get("trg_pieces")));
        given.add(pieces, new Told(record.get("scorer_log_prob").asDouble(), new double[0]));
      }
    }
    assertEquals(records, given.check());
  }

  /**
   * Our search has other rules than Marian's, and may choose the unknown word, which Marian never
   * does; so the best hypothesis is not always the same. Where it is, it has the same score.
   */
  @ParameterizedTest
  @ValueSource(strings = {"a", "g"})
  void mostOftenFindsMariansBestHypothesis(String name) throws IOException {
    MarianGolden golden = MarianGolden.of(name);
    Model model = golden.open(directory);
    List<JsonNode> records = golden.records("golden.jsonl.gz");
    int equal = 0;
    int all = 0;
    for (int beam : new int[] {4, 6}) {
      for (String normalize : List.of("0", "0.6", "1.0")) {
        String config = "beam%d-norm%s".formatted(beam, normalize);
        List<JsonNode> alike =
            records.stream().filter(r -> r.get("config").asText().equals(config)).toList();
        equal += equal(model, options(beam, Double.parseDouble(normalize)), alike);
        all += alike.size();
      }
    }
    assertTrue(all > 300, "only " + all + " records");
    assertTrue(equal >= LEAST_EQUAL * all, equal + " of " + all + " are equal");
  }

  /**
   * Returns options without a least length, which Marian does not know. The default, 1, would take
   * the end out of the first softmax.
   */
  private static TranslationOptions options(int beam, double normalize) {
    return TranslationOptions.defaults()
        .withDevice("cpu")
        .withPrecision(Precision.FLOAT32)
        .withWorkers(1)
        .withBeamSize(beam)
        .withLengthPenalty(normalize)
        .withMinLength(0);
  }

  private static int equal(Model model, TranslationOptions options, List<JsonNode> records) {
    int equal = 0;
    try (Translator translator = Translator.load(model, options)) {
      List<Translation> translations =
          translator.translate(records.stream().map(r -> r.get("src").asText()).toList());
      for (int i = 0; i < records.size(); i++) {
        JsonNode wanted = records.get(i).get("hypotheses").get(0);
        Translation.Hypothesis actual = translations.get(i).hypotheses().get(0);
        if (JsonLines.texts(wanted.get("pieces")).equals(actual.pieces())) {
          assertEquals(wanted.get("score").asDouble(), actual.score(), SCORE_TOLERANCE);
          equal++;
        }
      }
    }
    return equal;
  }
}
