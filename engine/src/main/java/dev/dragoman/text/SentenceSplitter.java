// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a text that is too long for a model. Each sentence becomes a part of its own, since that
 * is what models are trained on; one that is still too long is split where a line may break
 * (Unicode UAX #14: after words, between ideographs), and a word that is too long anywhere between
 * two characters.
 */
public final class SentenceSplitter {

  /** Characters of a word that are tried as one part, for each token there is room for. */
  private static final int CHARACTERS_PER_TOKEN = 4;

  private final int maxTokens;
  private final Tokenizer tokenizer;
  private final String prefix;
  private final List<String> parts = new ArrayList<>();

  private SentenceSplitter(int maxTokens, Tokenizer tokenizer, String prefix) {
    this.maxTokens = maxTokens;
    this.tokenizer = tokenizer;
    this.prefix = prefix;
  }

  /**
   * Splits a text into parts, to be translated one by one and joined with a space; returns the text
   * itself if it is short enough. Only a single character that alone has more tokens can be longer.
   *
   * @param maxTokens the most tokens of a part, its end token counted
   */
  public static List<String> split(String text, int maxTokens, Tokenizer tokenizer) {
    if (tokenizer.encode(text).length <= maxTokens) {
      return List.of(text);
    }
    String prefix = tokenizer.prefix(text);
    SentenceSplitter splitter = new SentenceSplitter(maxTokens, tokenizer, prefix);
    splitter.sentences(text.substring(prefix.length()));
    return List.copyOf(splitter.parts);
  }

  private void sentences(String text) {
    for (String sentence : segments(text, BreakIterator.getSentenceInstance(ULocale.ROOT))) {
      if (tokens(sentence) <= maxTokens) {
        add(sentence);
      } else {
        words(sentence);
      }
    }
  }

  /** Fills each part with as many words as there is room for. */
  private void words(String sentence) {
    int around = prefix.isEmpty() ? 1 : 2; // the end token and the prefix
    StringBuilder part = new StringBuilder();
    int length = around;
    for (String word : segments(sentence, BreakIterator.getLineInstance(ULocale.ROOT))) {
      int more = Math.max(0, tokens(word) - around);
      if (length + more > maxTokens) {
        characters(part.toString());
        part.setLength(0);
        length = around;
      }
      part.append(word);
      length += more;
    }
    characters(part.toString());
  }

  /** Adds the text, in halves of halves if it must be. */
  private void characters(String text) {
    int block = Math.max(2, maxTokens * CHARACTERS_PER_TOKEN);
    if (text.length() > block && tokens(text) > maxTokens) {
      for (int from = 0; from < text.length(); ) {
        int to = boundary(text, Math.min(from + block, text.length()));
        halves(text.substring(from, to));
        from = to;
      }
    } else {
      halves(text);
    }
  }

  private void halves(String text) {
    if (text.codePointCount(0, text.length()) < 2 || tokens(text) <= maxTokens) {
      add(text);
      return;
    }
    int middle = boundary(text, (text.length() + 1) / 2);
    halves(text.substring(0, middle));
    halves(text.substring(middle));
  }

  /** Returns the index, or the one after it where it would cut a surrogate pair. */
  private static int boundary(String text, int index) {
    boolean inside =
        index < text.length()
            && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
    return inside ? index + 1 : index;
  }

  private int tokens(String text) {
    return tokenizer.encode(prefix + text).length;
  }

  private void add(String text) {
    String part = text.strip();
    if (!part.isEmpty()) {
      parts.add(prefix + part);
    }
  }

  private static List<String> segments(String text, BreakIterator breaks) {
    breaks.setText(text);
    List<String> segments = new ArrayList<>();
    int from = breaks.first();
    for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
      segments.add(text.substring(from, to));
      from = to;
    }
    return segments;
  }
}
