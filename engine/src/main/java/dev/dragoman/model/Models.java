package dev.dragoman.model;

import java.nio.file.Files;
import java.nio.file.Path;

/** Opens models, whatever their format. */
public final class Models {

  private Models() {}

  /**
   * Finds out what lies at {@code path} and reads it. The weights stay in the mapped file.
   *
   * @throws ModelFormatException if there is no model, or a broken or unsupported one; the message
   *     names the file
   */
  public static Model open(Path path) {
    if (!Files.exists(path)) {
      throw new ModelFormatException(path + " does not exist");
    }
    if (!Files.isDirectory(path)) {
      throw new ModelFormatException(path + " is a file; a model is a directory");
    }
    if (Files.exists(path.resolve(MarianMtReader.CONFIG))) {
      return MarianMtReader.read(path);
    }
    throw new ModelFormatException(
        path + " is not a model: looked for " + MarianMtReader.CONFIG + " (Hugging Face MarianMT)");
  }
}
