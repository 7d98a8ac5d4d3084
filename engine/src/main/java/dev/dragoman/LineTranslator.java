package dev.dragoman;

import dev.dragoman.model.Model;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Hands lines to the engine: tokenizes them and splits those that are longer than the model's
 * positions.
 */
final class LineTranslator {
  private final Model model;
  private final Engine engine;
  private final TranslationOptions options;

  LineTranslator(Model model, Engine engine, TranslationOptions options) {
    this.model = model;
    this.engine = engine;
    this.options = options;
  }

  /** Begins to translate a line; waits while too many sentences are waiting already. */
  PendingLine submit(String text) throws InterruptedException {
    Tokenizer tokenizer = model.tokenizer();
    int[] tokens = tokenizer.encode(text);
    int limit = model.config().maxPositions();
    if (tokens.length <= limit) {
      return tokens.length == 0
          ? submit(List.of(), Optional.empty())
          : submit(List.of(tokens), tokenizer.doubt(tokens));
    }
    String tooLong = tokens.length + " tokens, but the model has " + limit + " positions";
    return switch (options.onLong()) {
      case SPLIT -> {
        List<int[]> parts =
            tokenizer.split(text, limit).stream()
                .map(tokenizer::encode)
                .filter(part -> part.length > 0) // a sentence of characters that models drop
                .map(part -> cut(part, limit))
                .toList();
        yield submit(parts, Optional.of(tooLong + ": split into " + parts.size() + " parts"));
      }
      case TRUNCATE ->
          submit(List.of(cut(tokens, limit)), Optional.of(tooLong + ": the rest was cut"));
      case FAIL -> PendingLine.failed(tooLong, tokens);
    };
  }

  private PendingLine submit(List<int[]> parts, Optional<String> note) throws InterruptedException {
    List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>(parts.size());
    for (int[] part : parts) {
      results.add(engine.translate(part));
    }
    return new PendingLine(results, parts, note, Optional.empty());
  }

  /** The first tokens of the text, and what stands around it. */
  private int[] cut(int[] tokens, int limit) {
    if (tokens.length <= limit) {
      return tokens;
    }
    Tokenizer.Span text = model.tokenizer().text(tokens);
    int after = tokens.length - text.first() - text.count();
    int[] first = Arrays.copyOf(tokens, limit);
    System.arraycopy(tokens, tokens.length - after, first, limit - after, after);
    return first;
  }
}
