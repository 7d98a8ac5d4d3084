// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.Translation;
import dev.dragoman.Translation.Hypothesis;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** How a translated line is written, its terminator aside. */
interface LineFormat {
  /** What stands for a line that failed. */
  Hypothesis NOTHING = new Hypothesis("", Double.NEGATIVE_INFINITY, List.of());

  /**
   * Returns the output lines of one input line, at least one.
   *
   * @param number counts the lines of all inputs, from 0
   */
  List<String> lines(long number, Translation translation);

  /** Writes the best translation alone, and an empty line for one that failed. */
  static LineFormat plain(Optional<AlignmentFormat> alignment) {
    return best(best -> text(best, alignment));
  }

  /** Writes {@code score<TAB>text}, with a score of -inf for a line that failed. */
  static LineFormat scores(Optional<AlignmentFormat> alignment) {
    return best(best -> score(best) + "\t" + text(best, alignment));
  }

  /** Writes {@code number ||| text ||| score}, the lists of Moses and Marian. */
  static LineFormat nBest(Optional<AlignmentFormat> alignment) {
    return (number, translation) ->
        (translation.hypotheses().isEmpty() ? List.of(NOTHING) : translation.hypotheses())
            .stream()
                .map(best -> number + " ||| " + text(best, alignment) + " ||| " + score(best))
                .toList();
  }

  private static LineFormat best(Function<Hypothesis, String> form) {
    return (number, translation) ->
        List.of(form.apply(translation.hypotheses().stream().findFirst().orElse(NOTHING)));
  }

  /** Writes the text and behind it the alignment, where that is asked for. */
  private static String text(Hypothesis hypothesis, Optional<AlignmentFormat> alignment) {
    return alignment
        .map(format -> hypothesis.text() + " ||| " + format.of(hypothesis))
        .orElse(hypothesis.text());
  }

  private static String score(Hypothesis hypothesis) {
    return hypothesis.score() == Double.NEGATIVE_INFINITY
        ? "-inf"
        : format("%.6f", hypothesis.score());
  }
}
