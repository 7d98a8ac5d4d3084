package dev.dragoman.text;

import java.util.List;

/** Turns text into a model's tokens and back. Safe to call from several threads. */
public interface Tokenizer {

  /**
   * The source's token ids, the end token last if the model wants one; an empty array for text
   * without any token.
   */
  int[] encode(String text);

  /** The pieces of target token ids, for people and tests. */
  List<String> pieces(int[] ids);

  /** Normal text of target token ids, none of which is the end token. Never holds a line break. */
  String decode(int[] ids);

  /**
   * What the text begins with that is not text but concerns all of it, such as a language tag; each
   * part of a text that is split must begin with it. Empty for most.
   */
  default String prefix(String text) {
    return "";
  }
}
