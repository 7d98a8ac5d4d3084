package dev.dragoman;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of a corpus with one reference (Papineni et al. 2002), cased, on the tokens of WMT's
 * mteval-v13a.
 */
public final class Bleu {

  private static final int ORDERS = 4;

  private Bleu() {}

  /** From 0 to 100. */
  public static double of(List<String> translations, List<String> references) {
    long[] matches = new long[ORDERS];
    long[] totals = new long[ORDERS];
    long length = 0;
    long referenceLength = 0;
    for (int i = 0; i < translations.size(); i++) {
      String[] translation = tokens(translations.get(i));
      String[] reference = tokens(references.get(i));
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
    double sum = 0;
    for (int n = 0; n < ORDERS; n++) {
      sum += Math.log((double) matches[n] / totals[n]);
    }
    double brevity = Math.min(0, 1 - (double) referenceLength / length);
    return 100 * Math.exp(brevity + sum / ORDERS);
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
        (" " + text + " ")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replaceAll("([{-~\\[-` -&(-+:-@/])", " $1 ")
            .replaceAll("([^0-9])([.,])", "$1 $2 ")
            .replaceAll("([.,])([^0-9])", " $1 $2")
            .replaceAll("([0-9])(-)", "$1 $2 ");
    return spaced.strip().split("\\s+");
  }
}
