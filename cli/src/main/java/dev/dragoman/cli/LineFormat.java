package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.Translation.Hypothesis;
import java.util.List;
import java.util.Locale;

/** How a translated line is written, its terminator aside. */
interface LineFormat {

  /**
   * The output lines of one input line, at least one.
   *
   * @param number counts the lines of all inputs, from 0
   */
  List<String> lines(long number, Translation translation);

  /** The best translation alone; an empty line for one that failed. */
  static LineFormat plain() {
    return (number, translation) -> List.of(translation.text());
  }

  /** {@code score<TAB>text}; a score of -inf for a line that failed. */
  static LineFormat scores() {
    return (number, translation) ->
        translation.hypotheses().isEmpty()
            ? List.of("-inf\t")
            : List.of(score(translation.hypotheses().get(0)) + "\t" + translation.text());
  }

  /** {@code number ||| text ||| score}, the lists of Moses and Marian. */
  static LineFormat nBest() {
    return (number, translation) ->
        translation.hypotheses().isEmpty()
            ? List.of(number + " |||  ||| -inf")
            : translation.hypotheses().stream()
                .map(best -> number + " ||| " + best.text() + " ||| " + score(best))
                .toList();
  }

  private static String score(Hypothesis hypothesis) {
    return String.format(Locale.ROOT, "%.6f", hypothesis.score());
  }
}
