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

  /**
   * A line that has been tokenized.
   *
   * @param parts the sentences it was split into, most often one; none for a line without any token
   * @param note what the user should know
   * @param failure why it is not translated at all
   */
  record Tokenized(List<int[]> parts, Optional<String> note, Optional<String> failure) {
    static Tokenized of(List<int[]> parts, Optional<String> note) {
      return new Tokenized(parts, note, Optional.empty());
    }
  }

  /** Makes a line ready; takes as long as the line is, and waits for nothing. */
  Tokenized tokenize(String text) {
    Tokenizer tokenizer = model.tokenizer();
    int[] tokens = encode(text);
    int limit = model.config().sizes().maxPositions();
    if (tokens.length <= limit) {
      return tokens.length == 0
          ? Tokenized.of(List.of(), Optional.empty())
          : Tokenized.of(List.of(tokens), tokenizer.doubt(text, tokens));
    }
    String tooLong = tokens.length + " tokens, but the model has " + limit + " positions";
    return switch (options.onLong()) {
      case SPLIT -> {
        List<int[]> parts =
            tokenizer.split(text, limit).stream()
                .map(this::encode)
                .filter(part -> part.length > 0) // a sentence without anything to see
                .map(part -> cut(part, limit))
                .toList();
        String split = tooLong + ": split into " + parts.size() + " parts";
        yield Tokenized.of(parts, withDoubt(split, text, tokens));
      }
      case TRUNCATE ->
          Tokenized.of(
              List.of(cut(tokens, limit)), withDoubt(tooLong + ": the rest was cut", text, tokens));
      case FAIL -> new Tokenized(List.of(tokens), Optional.empty(), Optional.of(tooLong));
    };
  }

  private Optional<String> withDoubt(String note, String text, int[] tokens) {
    return Optional.of(
        model.tokenizer().doubt(text, tokens).map(doubt -> note + "; " + doubt).orElse(note));
  }

  private int[] encode(String text) {
    Tokenizer tokenizer = model.tokenizer();
    return tokenizer.hasText(text) ? tokenizer.encode(text) : new int[0];
  }

  /** Begins to translate a line; waits while too many sentences are waiting already. */
  PendingLine submit(Tokenized line) throws InterruptedException {
    List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>(line.parts().size());
    if (line.failure().isEmpty()) {
      for (int[] part : line.parts()) {
        results.add(engine.translate(part));
      }
    }
    return new PendingLine(results, line);
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
