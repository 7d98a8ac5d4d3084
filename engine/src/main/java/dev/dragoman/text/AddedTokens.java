// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tokens that were added to a vocabulary after it was made, such as {@code <tier>}, with the rules
 * of transformers' tokenizers in Python: a text is divided at them first, at the leftmost and of
 * those at the longest, and what lies between them is cut into pieces by itself.
 *
 * @see <a href="https://huggingface.co/docs/tokenizers/api/added-tokens">the rules of a token</a>
 */
public final class AddedTokens {

  /** A rule of a token. */
  public enum Rule {
    /** White space before it belongs to it. */
    STRIPS_LEFT,
    /** White space after it belongs to it. */
    STRIPS_RIGHT,
    /** It is no text, and left out of the text of a translation. */
    SPECIAL
  }

  /** The empty set of tokens. */
  public static final AddedTokens NONE = new AddedTokens(Map.of());

  private final Map<String, Set<Rule>> rules;
  private final Pattern any;

  /** Takes the rules of each token; no token is empty. */
  public AddedTokens(Map<String, Set<Rule>> rules) {
    this.rules = Map.copyOf(rules);
    this.any =
        Pattern.compile(
            rules.keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }

  /** Returns the rules of each token. */
  public Map<String, Set<Rule>> rules() {
    return rules;
  }

  /** Cuts a text: into its added tokens, and by {@code cut} between them. */
  List<String> pieces(String text, Function<String, List<String>> cut) {
    if (rules.isEmpty()) {
      return cut.apply(text);
    }
    List<String> pieces = new ArrayList<>();
    Matcher token = any.matcher(text);
    int from = 0;
    while (token.find()) {
      Set<Rule> rule = rules.get(token.group());
      String left = text.substring(from, token.start());
      int end = left.length();
      while (rule.contains(Rule.STRIPS_LEFT) && end > 0 && isSpace(left.charAt(end - 1))) {
        end--;
      }
      pieces.addAll(cut.apply(left.substring(0, end)));
      pieces.add(token.group());
      from = token.end();
      while (rule.contains(Rule.STRIPS_RIGHT)
          && from < text.length()
          && isSpace(text.charAt(from))) {
        from++;
      }
      token.region(from, text.length());
    }
    pieces.addAll(cut.apply(text.substring(from)));
    return pieces;
  }

  /** Tells white space as Python does. */
  private static boolean isSpace(char character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == '\u0085';
  }

  /** Joins a translation's pieces, by {@code join} those between the tokens. */
  String text(List<String> pieces, Function<List<String>, String> join) {
    List<String> texts = new ArrayList<>();
    List<String> between = new ArrayList<>();
    for (String piece : pieces) {
      Set<Rule> rule = rules.getOrDefault(piece, Set.of());
      if (rule.contains(Rule.SPECIAL)) {
        continue;
      }
      if (!rules.containsKey(piece)) {
        between.add(piece);
        continue;
      }
      texts.add(join.apply(between));
      texts.add(piece);
      between.clear();
    }
    texts.add(join.apply(between));
    return texts.stream().filter(text -> !text.isEmpty()).collect(Collectors.joining(" "));
  }
}
