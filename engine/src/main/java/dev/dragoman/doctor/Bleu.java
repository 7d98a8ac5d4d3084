// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * BLEU of a corpus with one reference for each line (Papineni et al. 2002), cased, on the tokens of
 * WMT's mteval-v13a: the numbers that sacreBLEU 2 (Post 2018) gives by default. Where n-grams of
 * one length have no match, they count as half a match, those of the next such length as a quarter.
 */
public final class Bleu {
  private static final int ORDERS = 4;

  /** The white space of Python, at which sacreBLEU splits. */
  private static final Pattern BLANKS = Pattern.compile("[\\p{IsWhite_Space}\\x1c-\\x1f]+");

  private Bleu() {}

  /**
   * Returns the score, from 0 to 100.
   *
   * @param references one for each translation, in the same order
   * @throws IllegalArgumentException if there are more or fewer of them
   */
  public static double of(List<String> translations, List<String> references) {
    if (translations.size() != references.size()) {
      throw new IllegalArgumentException(
          translations.size() + " translations, but " + references.size() + " references");
    }
    Counts counts = new Counts();
    for (int i = 0; i < translations.size(); i++) {
      counts.add(tokens(translations.get(i)), tokens(references.get(i)));
    }
    return counts.score();
  }

  /** The counts of a corpus; those of n-grams stand at n - 1. */
  private static final class Counts {
    private final long[] matches = new long[ORDERS];
    private final long[] totals = new long[ORDERS];
    private long length;
    private long referenceLength;

    void add(String[] translation, String[] reference) {
      length += translation.length;
      referenceLength += reference.length;
      for (int n = 1; n <= ORDERS; n++) {
        Map<List<String>, Integer> wanted = grams(reference, n);
        for (Map.Entry<List<String>, Integer> gram : grams(translation, n).entrySet()) {
          matches[n - 1] += Math.min(gram.getValue(), wanted.getOrDefault(gram.getKey(), 0));
          totals[n - 1] += gram.getValue();
        }
      }
    }

    double score() {
      if (Arrays.stream(matches).allMatch(count -> count == 0)) {
        return 0; // without a word in common there is nothing to smooth
      }
      double sum = 0;
      double smoothed = 1;
      for (int i = 0; i < ORDERS; i++) {
        if (totals[i] == 0) {
          return 0; // no line is so long
        }
        if (matches[i] == 0) {
          smoothed /= 2;
        }
        sum += Math.log((matches[i] == 0 ? smoothed : matches[i]) / totals[i]);
      }
      double brevity = Math.min(0, 1 - (double) referenceLength / length);
      return 100 * Math.exp(brevity + sum / ORDERS);
    }
  }

  private static Map<List<String>, Integer> grams(String[] tokens, int n) {
    Map<List<String>, Integer> grams = new HashMap<>();
    for (int i = 0; i + n <= tokens.length; i++) {
      grams.merge(List.of(Arrays.copyOfRange(tokens, i, i + n)), 1, Integer::sum);
    }
    return grams;
  }

  static String[] tokens(String text) {
    String spaced =
        (" " + text.replace("<skipped>", "") + " ")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replaceAll("([{-~\\[-` -&(-+:-@/])", " $1 ")
            .replaceAll("([^0-9])([.,])", "$1 $2 ")
            .replaceAll("([.,])([^0-9])", " $1 $2")
            .replaceAll("([0-9])(-)", "$1 $2 ");
    return BLANKS.splitAsStream(spaced).filter(token -> !token.isEmpty()).toArray(String[]::new);
  }
}
