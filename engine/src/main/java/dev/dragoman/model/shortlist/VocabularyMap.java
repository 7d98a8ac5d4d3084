// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.model.ModelFormatException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads CTranslate2's {@code vmap.txt}: in each line one or several source tokens with blanks
 * between them, a tab, and the target tokens that they may become. A line whose source is empty has
 * the tokens that are in every shortlist; beside them {@code <unk>}, {@code <s>} and {@code </s>}
 * are. Of two lines for the same source the later one counts. Tokens that a source is given around
 * its text are not looked up.
 *
 * @see <a href="https://opennmt.net/CTranslate2/decoding.html">CTranslate2's decoding features</a>
 */
public final class VocabularyMap {
  /** The file's name in a model. */
  public static final String NAME = "vmap.txt";

  private static final String BEGIN = "<s>";
  private static final int LONGEST_SEQUENCE = 16;

  private final ShortlistBytes file;
  private final ShortlistWords words;
  private final List<Map<List<Integer>, int[]>> ofSequences = new ArrayList<>();
  private int[] always = {};
  private int lines;
  private int known;

  private VocabularyMap(ShortlistBytes file, ShortlistWords words) {
    this.file = file;
    this.words = words;
    ofSequences.add(new HashMap<>());
  }

  /**
   * Reads it.
   *
   * @throws ModelFormatException if it is broken, or of another model
   */
  static Shortlist read(ShortlistBytes file, ShortlistWords words) {
    VocabularyMap map = new VocabularyMap(file, words);
    file.forLines(map::line);
    return map.shortlist();
  }

  private void line(String line, int number) {
    int tab = line.indexOf('\t');
    if (tab < 0 || line.indexOf('\t', tab + 1) >= 0) {
      throw file.wrong(number, "not source tokens, one tab and target tokens");
    }
    int[] targets = targets(line.substring(tab + 1));
    String source = line.substring(0, tab);
    if (source.isEmpty()) {
      always = targets;
      return;
    }
    lines++;
    String[] tokens = source.split(" ", -1);
    if (tokens.length > LONGEST_SEQUENCE) {
      throw file.wrong(
          number, tokens.length + " source tokens; at most " + LONGEST_SEQUENCE + " are supported");
    }
    sequence(tokens)
        .ifPresent(
            sequence -> {
              known++;
              while (ofSequences.size() < tokens.length) {
                ofSequences.add(new HashMap<>());
              }
              ofSequences.get(tokens.length - 1).put(sequence, targets);
            });
  }

  /** Looks tokens up; empty where the model does not know one, as then no source has them. */
  private Optional<List<Integer>> sequence(String[] tokens) {
    List<Integer> ids = new ArrayList<>(tokens.length);
    for (String token : tokens) {
      int id = words.source().id(token, -1);
      if (id < 0) {
        return Optional.empty();
      }
      ids.add(id);
    }
    return Optional.of(ids);
  }

  private int[] targets(String tokens) {
    BitSet ids = new BitSet();
    for (String token : tokens.split(" ")) {
      if (!token.isEmpty()) {
        ids.set(words.target().id(token, words.unknown()));
      }
    }
    return ids.stream().toArray();
  }

  private Shortlist shortlist() {
    if (lines == 0 && always.length == 0) {
      throw file.wrong("there is no line in it");
    }
    if (lines > 0 && known == 0) {
      throw file.wrong(
          "none of its %d sources has tokens of this model: is it another model's?"
              .formatted(lines));
    }
    BitSet needed = words.needed();
    needed.set(words.target().id(BEGIN, words.unknown()));
    for (int word : always) {
      needed.set(word);
    }
    return new Shortlist(
        needed, ofSequences, Shortlist.SourceWords.NOT_INCLUDED, words.tokenizer()::text);
  }
}
