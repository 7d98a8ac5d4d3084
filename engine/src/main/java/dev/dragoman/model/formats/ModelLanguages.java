// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.formats;

import dev.dragoman.model.Model;
import dev.dragoman.model.argos.ArgosReader;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.huggingface.HuggingFaceReader;
import dev.dragoman.model.zip.ZipArchive;
import dev.dragoman.text.LanguageTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which languages a model says that it translates between. */
public final class ModelLanguages {

  private ModelLanguages() {}

  /**
   * Describes them in words; empty where the model does not say.
   *
   * @param path where the model was opened
   */
  public static Optional<String> of(Path path, Model model) {
    if (model.tokenizer() instanceof LanguageTokenizer many) {
      return Optional.of(
          "any two of %d: %s"
              .formatted(many.languages().size(), String.join(" ", many.languages())));
    }
    if (Files.isDirectory(path) && ArgosReader.isUnpacked(path)) {
      return argos(DirectoryFolder.open(path));
    }
    if (Files.isDirectory(path)) {
      JsonFile tokenizer = HuggingFaceReader.tokenizerConfig(path);
      return fromTo(tokenizer.text("source_lang"), tokenizer.text("target_lang"));
    }
    try (ZipArchive archive = ZipArchive.open(path)) {
      return ArgosReader.find(archive).flatMap(ModelLanguages::argos);
    } catch (IOException e) {
      throw ModelFiles.unreadable(path, e);
    }
  }

  private static Optional<String> argos(ModelFolder folder) {
    JsonFile metadata = ArgosReader.metadata(folder);
    return fromTo(metadata.text("from_code"), metadata.text("to_code"));
  }

  private static Optional<String> fromTo(Optional<String> source, Optional<String> target) {
    return source.isEmpty() && target.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join(" to ", List.of(source.orElse("unknown"), target.orElse("unknown"))));
  }
}
