// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.formats.ModelLanguages;
import dev.dragoman.search.SearchOptions;
import dev.dragoman.text.LanguageTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What there is to say about a model, as aligned text. */
final class ModelCard {

  private ModelCard() {}

  static String of(Path directory, Model model) throws IOException {
    ModelConfig config = model.config();
    WeightCount weights = WeightCount.of(model.weights());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", config.label().name());
    facts.put("files", directory + ", " + megabytes(bytesOnDisk(directory)));
    facts.put("format", config.label().format());
    facts.put("languages", ModelLanguages.of(directory, model).orElse("not said"));
    facts.put("network", "Transformer, " + network(config));
    facts.put("encoder", stack(config.sizes().encoder()));
    facts.put("decoder", stack(config.sizes().decoder()));
    facts.put("positions", format("%,d tokens", config.sizes().maxPositions()));
    facts.put("text", text(model));
    facts.put("vocabulary", vocabulary(config));
    facts.put(
        "shortlist",
        model
            .shortlist()
            .map(file -> file.path().getFileName() + ", which --shortlist model takes")
            .orElse("none"));
    facts.put("parameters", format("%,d, read as %s", weights.parameters(), weights.type()));
    facts.put("memory", memory(config, weights));
    facts.put("can run", canRun(model));
    return facts.entrySet().stream()
        .map(fact -> line(fact.getKey(), fact.getValue()))
        .collect(Collectors.joining());
  }

  /** Returns a line for one more fact, aligned with the others. */
  static String line(String name, String value) {
    return format("%-12s%s%n", name, value);
  }

  private static String network(ModelConfig config) {
    String norms =
        config.variant().normPlacement() == NormPlacement.POST ? "post-norm" : "pre-norm";
    String activation = config.variant().activation().name().toLowerCase(Locale.ROOT);
    return format("width %,d, %s, %s", config.sizes().width(), norms, activation);
  }

  private static String stack(Stack stack) {
    return format(
        "%d layers, %d heads, feed-forward %,d",
        stack.layers(), stack.heads(), stack.feedForward());
  }

  private static String vocabulary(ModelConfig config) {
    return config.sizes().sourceVocabulary() == config.sizes().targetVocabulary()
        ? format("%,d words", config.sizes().targetVocabulary())
        : format(
            "%,d source words, %,d target words",
            config.sizes().sourceVocabulary(), config.sizes().targetVocabulary());
  }

  /**
   * Estimates the memory in float32, which a CPU works with: the largest need of all precisions.
   */
  private static String memory(ModelConfig config, WeightCount weights) {
    SearchOptions defaults = SearchOptions.defaults();
    long beam = defaults.beamSize();
    long positions =
        beam * Math.min(defaults.maxLength(), config.sizes().maxPositions())
            + config.sizes().maxPositions();
    long slot =
        2L * config.sizes().decoder().layers() * config.sizes().width() * positions * Float.BYTES;
    return megabytes(weights.parameters() * Float.BYTES)
        + " for the weights in float32, at most "
        + megabytes(slot)
        + " for each line in flight at beam "
        + beam;
  }

  private static String text(Model model) {
    return model.takesPieces()
        ? "tokens of the model with blanks between them: it has no tokenizer"
        : "cut with SentencePiece";
  }

  private static String canRun(Model model) {
    return model.tokenizer() instanceof LanguageTokenizer
        ? "yes, with --source-lang and --target-lang"
        : "yes";
  }

  private static long bytesOnDisk(Path directory) throws IOException {
    if (Files.isRegularFile(directory)) {
      return Files.size(directory);
    }
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        // An Argos package has its weights one folder below.
        boolean inner = file.endsWith("model") && Files.isDirectory(file);
        bytes += inner ? bytesOnDisk(file) : Files.isRegularFile(file) ? Files.size(file) : 0;
      }
    }
    return bytes;
  }

  private static String megabytes(long bytes) {
    return format("%,.1f MB", bytes * 1e-6);
  }
}
