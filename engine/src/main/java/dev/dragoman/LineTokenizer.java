// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.model.Model;
import dev.dragoman.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns lines into sentences, and splits those that are longer than the model's positions. */
final class LineTokenizer {
  private final Tokenizer tokenizer;
  private final int limit;
  private final OnLong onLong;

  LineTokenizer(Model model, OnLong onLong) {
    this.tokenizer = model.tokenizer();
    this.limit = model.config().sizes().maxPositions();
    this.onLong = onLong;
  }

  /** Makes a line ready; takes as long as the line is, and waits for nothing. */
  TokenizedLine tokenize(String text) {
    int[] tokens = encode(text);
    if (tokens.length <= limit) {
      return tokens.length == 0
          ? TokenizedLine.of(List.of(), Optional.empty())
          : TokenizedLine.of(List.of(tokens), tokenizer.doubt(text, tokens));
    }
    String tooLong = tokens.length + " tokens, but the model has " + limit + " positions";
    return switch (onLong) {
      case SPLIT -> {
        List<int[]> parts =
            tokenizer.split(text, limit).stream()
                .map(this::encode)
                .filter(part -> part.length > 0) // a sentence without anything to see
                .map(this::cut)
                .toList();
        String split = tooLong + ": split into " + parts.size() + " parts";
        yield TokenizedLine.of(parts, withDoubt(split, text, tokens));
      }
      case TRUNCATE ->
          TokenizedLine.of(
              List.of(cut(tokens)), withDoubt(tooLong + ": the rest was cut", text, tokens));
      case FAIL -> new TokenizedLine(List.of(tokens), Optional.empty(), Optional.of(tooLong));
    };
  }

  private Optional<String> withDoubt(String note, String text, int[] tokens) {
    return Optional.of(
        tokenizer.doubt(text, tokens).map(doubt -> note + "; " + doubt).orElse(note));
  }

  private int[] encode(String text) {
    return tokenizer.hasText(text) ? tokenizer.encode(text) : new int[0];
  }

  /** Leaves of a sentence the first tokens of the text, and what stands around it. */
  private int[] cut(int[] tokens) {
    if (tokens.length <= limit) {
      return tokens;
    }
    Tokenizer.Span text = tokenizer.text(tokens);
    int after = tokens.length - text.first() - text.count();
    int[] first = Arrays.copyOf(tokens, limit);
    System.arraycopy(tokens, tokens.length - after, first, limit - after, after);
    return first;
  }
}
