// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What another program translated with the same model, and how it was told to.
 *
 * @param hypotheses the pieces of each, best first
 * @param scores of the hypotheses
 * @param translation the text of the best
 */
public record GoldenRecord(
    String text,
    TranslationOptions options,
    List<List<String>> hypotheses,
    List<Double> scores,
    String translation) {
  /** Sums of log-probabilities in float32, divided by the length. */
  private static final double SCORE_TOLERANCE = 1e-3;

  /**
   * Reads the records beside a model, {@code golden/*.jsonl} in its directory.
   *
   * @return none if there are no such files
   * @throws IOException if a file cannot be read or is no such record
   */
  public static List<GoldenRecord> beside(Path model) throws IOException {
    Path folder = model.resolve("golden");
    List<GoldenRecord> records = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return records;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        read(file, records);
      }
    }
    return records;
  }

  private static void read(Path file, List<GoldenRecord> records) throws IOException {
    ObjectMapper json = new ObjectMapper();
    int line = 0;
    for (String record : Files.readAllLines(file)) {
      line++;
      try {
        records.add(of(json.readTree(record)));
      } catch (RuntimeException | IOException e) {
        throw new IOException(file + ": line " + line + " is no golden record", e);
      }
    }
  }

  private static GoldenRecord of(JsonNode json) {
    JsonNode options = json.required("options");
    List<List<String>> hypotheses = new ArrayList<>();
    for (JsonNode pieces : json.required("hypotheses")) {
      List<String> hypothesis = new ArrayList<>();
      pieces.forEach(piece -> hypothesis.add(piece.asText()));
      hypotheses.add(hypothesis);
    }
    List<Double> scores = new ArrayList<>();
    json.required("scores").forEach(score -> scores.add(score.asDouble()));
    return new GoldenRecord(
        json.required("text").asText(),
        TranslationOptions.defaults()
            .withBeamSize(options.required("beam_size").asInt())
            .withLengthPenalty(options.required("length_penalty").asDouble())
            .withPatience(options.path("patience").asDouble(1))
            .withNBest(options.required("num_hypotheses").asInt())
            .withMaxLength(options.required("max_decoding_length").asInt()),
        hypotheses,
        scores,
        json.required("translations").required(0).asText());
  }

  /** Returns the same record with these options. */
  GoldenRecord with(TranslationOptions others) {
    return new GoldenRecord(text, others, hypotheses, scores, translation);
  }

  /** Returns whether the best text is the same. */
  boolean hasTextOf(Translation actual) {
    return actual.failure().isEmpty() && translation.equals(actual.text());
  }

  /** Returns whether all hypotheses have the same pieces and scores. */
  boolean isReproducedBy(Translation actual) {
    return hasTextOf(actual)
        && hypotheses.equals(actual.hypotheses().stream().map(h -> h.pieces()).toList())
        && hasScoresOf(actual);
  }

  /**
   * Says whether the hypotheses are as good as the recorded ones: sums in another order may find
   * other ones where two are as likely.
   */
  boolean hasScoresOf(Translation actual) {
    return actual.failure().isEmpty()
        && actual.hypotheses().size() == scores.size()
        && IntStream.range(0, scores.size())
            .allMatch(
                i ->
                    Math.abs(scores.get(i) - actual.hypotheses().get(i).score())
                        <= SCORE_TOLERANCE);
  }
}
