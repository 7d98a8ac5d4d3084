// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.OneLine;
import dev.dragoman.text.SentencePiece;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.Map;

/** Makes a tokenizer's parts from what the files of several formats hold. */
public final class TokenizerFiles {

  private TokenizerFiles() {}

  /**
   * Loads a SentencePiece model.
   *
   * @param file named if it is none
   * @param bytes all of the file
   * @throws ModelFormatException if they are not a SentencePiece model
   */
  public static SentencePiece sentencePiece(Path file, byte[] bytes) {
    try {
      return new SentencePiece(bytes);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file + ": " + e.getMessage(), e);
    }
  }

  /** Loads a SentencePiece model from a file on disk. */
  public static SentencePiece sentencePiece(Path file) {
    return sentencePiece(file, ModelFiles.bytes(file));
  }

  /**
   * Makes a vocabulary of the ids that a file gives to pieces.
   *
   * @param size rows of the model's embedding
   * @throws ModelFormatException if an id is outside the model or stands for two pieces
   */
  public static Vocabulary vocabulary(Path file, Map<String, Integer> ids, int size) {
    try {
      return new Vocabulary(ids, size);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file + ": " + OneLine.of(e.getMessage()), e);
    }
  }

  /**
   * Returns the id of a token that a model cannot do without.
   *
   * @throws ModelFormatException if the vocabulary of {@code file} lacks it
   */
  public static int id(Path file, Vocabulary vocabulary, String token) {
    int id = vocabulary.id(token, -1);
    if (id < 0) {
      throw new ModelFormatException("%s: %s is missing".formatted(file, OneLine.of(token)));
    }
    return id;
  }
}
