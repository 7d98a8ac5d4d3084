package dev.dragoman.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the readers of all formats need to open a file and to say what is wrong with it. */
final class ModelFiles {

  private static final int LONGEST_QUOTE = 160;

  private ModelFiles() {}

  /**
   * The file, if it is one.
   *
   * @throws ModelFormatException if it is missing, or a directory
   */
  static Path regular(Path file) {
    if (!Files.exists(file)) {
      throw new ModelFormatException(file + " is missing");
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(file + " is not a file");
    }
    return file;
  }

  /** All bytes of a file. */
  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(regular(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static ModelFormatException unreadable(Path file, IOException cause) {
    String reason = cause instanceof NoSuchFileException ? "it is missing" : cause.getMessage();
    return new ModelFormatException(file + " cannot be read: " + oneLine(reason), cause);
  }

  /** Text from a file or a library as part of a message: short, and without line breaks. */
  static String oneLine(String text) {
    String line = String.valueOf(text).replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…";
  }
}
