package dev.dragoman.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the readers of all formats need to open a file and to say what is wrong with it. */
final class ModelFiles {

  /** The most bytes of a file that is not weights: vocabularies, options, tokenizers. */
  static final long LONGEST_TEXT = 1 << 28;

  /** Of the memory that Java may take, so much may be one file's. */
  private static final double SHARE_OF_MEMORY = 0.7;

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

  /**
   * How to call a model: its folder's name, but {@code org/name} in the hub's cache, where folders
   * are called {@code models--org--name/snapshots/COMMIT}.
   */
  static String modelName(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    String name = String.valueOf(path.getFileName());
    int names = path.getNameCount();
    if (names >= 3 && path.getName(names - 2).toString().equals("snapshots")) {
      String[] parts = path.getName(names - 3).toString().split("--", -1);
      if (parts.length == 3 && parts[0].equals("models")) {
        return parts[1] + "/" + parts[2];
      }
    }
    return name;
  }

  /** All bytes of a file that is not weights. */
  static byte[] bytes(Path file) {
    try {
      long bytes = Files.size(regular(file));
      if (bytes > LONGEST_TEXT) {
        throw new ModelFormatException(
            "%s has %d bytes; at most %d are supported".formatted(file, bytes, LONGEST_TEXT));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Refuses what cannot be read into memory, before it is tried.
   *
   * @throws ModelFormatException if Java may not take so many bytes
   */
  static void requireMemory(Path file, long bytes) {
    long most = (long) (Runtime.getRuntime().maxMemory() * SHARE_OF_MEMORY);
    if (bytes > most) {
      throw new ModelFormatException(
          "%s needs %d MiB of memory, but Java may take only %d: give it more (-Xmx)"
              .formatted(file, bytes >> 20, most >> 20));
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
