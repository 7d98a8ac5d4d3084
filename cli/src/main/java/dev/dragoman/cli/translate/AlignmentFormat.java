// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.Translation.Attention;
import dev.dragoman.Translation.Hypothesis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** How the alignment of a translation is written, after Marian. Pieces are counted from 0. */
enum AlignmentFormat {
  /** Pairs {@code source-target}: for each target piece the source piece that it looks at most. */
  HARD {
    @Override
    String of(Hypothesis hypothesis) {
      List<int[]> pairs = new ArrayList<>();
      int sources = 0;
      int targets = 0;
      for (Attention part : hypothesis.attention()) {
        for (int target = 0; target < part.weights().length; target++) {
          pairs.add(new int[] {sources + highest(part.weights()[target]), targets + target});
        }
        sources += part.source().size();
        targets += part.weights().length;
      }
      pairs.sort(Comparator.<int[]>comparingInt(pair -> pair[0]).thenComparingInt(pair -> pair[1]));
      return pairs.stream().map(p -> p[0] + "-" + p[1]).collect(Collectors.joining(" "));
    }
  },

  /**
   * Lists for each target piece its weights with commas between them, one for each source piece.
   * Where a line was translated in parts, {@code |} stands between them, and the weights of a piece
   * are those of its part.
   */
  SOFT {
    @Override
    String of(Hypothesis hypothesis) {
      return hypothesis.attention().stream()
          .map(AlignmentFormat::weights)
          .collect(Collectors.joining(" | "));
    }
  };

  /** Writes the alignment of one hypothesis. */
  abstract String of(Hypothesis hypothesis);

  private static int highest(float[] weights) {
    int highest = 0;
    for (int i = 1; i < weights.length; i++) {
      highest = weights[i] > weights[highest] ? i : highest;
    }
    return highest;
  }

  private static String weights(Attention part) {
    StringBuilder text = new StringBuilder();
    for (float[] row : part.weights()) {
      text.append(text.isEmpty() ? "" : " ");
      for (int i = 0; i < row.length; i++) {
        text.append(i == 0 ? "" : ",").append(format("%.6f", row[i]));
      }
    }
    return text.toString();
  }
}
