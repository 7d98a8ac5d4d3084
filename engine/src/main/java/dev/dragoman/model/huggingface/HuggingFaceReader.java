// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFolder;
import java.nio.file.Path;

/**
 * Reads a directory in the layout of Hugging Face's transformers, by the type that its {@code
 * config.json} names.
 */
public final class HuggingFaceReader {

  private HuggingFaceReader() {}

  /** Says whether a folder looks like a model in this layout. */
  public static boolean isIn(ModelFolder folder) {
    return folder.has(HuggingFaceFiles.CONFIG);
  }

  /** Reads what a directory says of its tokenizer: the languages and the vocabularies. */
  public static JsonFile tokenizerConfig(Path directory) {
    return JsonFile.readIfPresent(directory.resolve(HuggingFaceFiles.TOKENIZER_CONFIG));
  }

  /**
   * Reads a model.
   *
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  public static Model read(Path directory) {
    JsonFile config = JsonFile.read(directory.resolve(HuggingFaceFiles.CONFIG));
    return config.text("model_type").orElse("").equals(M2m100Reader.MODEL_TYPE)
        ? M2m100Reader.read(directory)
        : MarianMtReader.read(directory);
  }
}
