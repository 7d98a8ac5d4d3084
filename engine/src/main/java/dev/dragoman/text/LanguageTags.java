// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What models of several target languages want to read before a text: a tag such as {@code
 * >>fra<<}, which is a token of its own.
 */
final class LanguageTags {
  private static final Pattern TAG = Pattern.compile(">>[^<>\\s]+<<");
  private static final Pattern FIRST = Pattern.compile("[\\s\\p{Z}]*(" + TAG + ")");
  private static final int MOST_SHOWN = 8;

  private final Vocabulary vocabulary;
  private final List<String> known;

  LanguageTags(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.known =
        vocabulary.ids().keySet().stream().filter(TAG.asMatchPredicate()).sorted().toList();
  }

  /** Returns the tag that a text begins with and the blanks before it; empty if unknown. */
  String prefix(String text) {
    Matcher first = FIRST.matcher(text);
    return first.lookingAt() && vocabulary.contains(first.group(1)) ? first.group() : "";
  }

  /** Returns the tag of a prefix. */
  static String of(String prefix) {
    return prefix.substring(prefix.indexOf('>'));
  }

  /**
   * Says that a text begins with a tag that the model lacks, also where the model has no tags:
   * hardly any text begins so, but the inputs of another model do.
   *
   * @param taken what the tag became
   */
  Optional<String> doubt(String text, String taken) {
    Matcher first = FIRST.matcher(text);
    return first.lookingAt() && !vocabulary.contains(first.group(1))
        ? Optional.of("begins with %s, %s: %s".formatted(first.group(1), taken, all()))
        : Optional.empty();
  }

  private String all() {
    if (known.isEmpty()) {
      return "the model has no language tags";
    }
    String some = String.join(" ", known.subList(0, Math.min(known.size(), MOST_SHOWN)));
    int more = known.size() - MOST_SHOWN;
    return "the language tags of the model are "
        + some
        + (more > 0 ? " and %d more".formatted(more) : "");
  }
}
