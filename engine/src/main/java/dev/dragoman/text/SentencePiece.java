// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static ai.djl.sentencepiece.jni.SentencePieceLibrary.LIB;

import ai.djl.engine.EngineException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Cuts text into subwords with the SentencePiece library (Kudo and Richardson 2018). Safe to call
 * from several threads.
 */
public final class SentencePiece {

  /** What SentencePiece writes for a space. */
  static final String SPACE = "▁";

  /**
   * The most characters of a block in which longer texts are given to the library, since it joins a
   * run of unknown characters in quadratic time, minutes for a million of them.
   */
  static final int BLOCK = 4096;

  private static final Cleaner CLEANER = Cleaner.create();

  private final long processor;
  private final byte[] model;

  /** Gives the library's memory back once the object is gone that has used it. */
  private record Release(long processor) implements Runnable {
    @Override
    public void run() {
      LIB.deleteSentencePieceProcessor(processor);
    }
  }

  /**
   * Loads a model.
   *
   * @param model the bytes of a {@code .spm} file
   * @throws IllegalArgumentException if they are not a SentencePiece model
   * @throws dev.dragoman.natives.UnpackException if there is no folder for the library
   */
  public SentencePiece(byte[] model) {
    SentencePieceFile.check(model);
    this.model = model.clone();
    SentencePieceNatives.load();
    this.processor = LIB.createSentencePieceProcessor();
    try {
      LIB.loadModelFromBytes(processor, model);
    } catch (EngineException e) {
      LIB.deleteSentencePieceProcessor(processor);
      throw new IllegalArgumentException("not a SentencePiece model", e);
    }
    CLEANER.register(this, new Release(processor));
  }

  /** Returns the bytes it was loaded from. */
  public byte[] model() {
    return model.clone();
  }

  /**
   * Cuts a text into subwords, unknown ones as they stand in it. A lone surrogate is taken as
   * U+FFFD.
   */
  public List<String> pieces(String text) {
    String valid = wellFormed(text);
    if (valid.length() <= BLOCK) {
      return List.of(tokenize(valid));
    }
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < valid.length(); ) {
      int to = blockEnd(valid, from);
      Collections.addAll(pieces, tokenize(valid.substring(from, to)));
      from = to;
    }
    return pieces;
  }

  private String[] tokenize(String text) {
    try {
      return LIB.tokenize(processor, text);
    } finally {
      Reference.reachabilityFence(this); // or the processor could be deleted while it works
    }
  }

  /** Ends a block at its last space, which no piece crosses, or else between two characters. */
  private static int blockEnd(String text, int from) {
    int limit = from + BLOCK;
    if (limit >= text.length()) {
      return text.length();
    }
    int space = text.lastIndexOf(' ', limit - 1);
    if (space > from) {
      return space;
    }
    return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
  }

  /** Replaces lone surrogates, of which Java's encoder, called by the library, makes "?". */
  private static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int type = Character.getType(text.codePointAt(i));
      if (type == Character.SURROGATE) {
        mended = mended == null ? new StringBuilder(text) : mended;
        mended.setCharAt(i, '\ufffd');
      }
    }
    return mended == null ? text : mended.toString();
  }
}
