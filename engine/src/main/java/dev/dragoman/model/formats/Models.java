// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.formats;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.argos.ArgosReader;
import dev.dragoman.model.ctranslate2.CTranslate2Reader;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.huggingface.HuggingFaceReader;
import dev.dragoman.model.marian.MarianReader;
import dev.dragoman.model.zip.ZipArchive;
import dev.dragoman.model.zip.ZipFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens models, whatever their format. */
public final class Models {

  private Models() {}

  /**
   * Finds out what lies at {@code path} and reads it: a directory in the form of MarianMT, M2M-100,
   * CTranslate2 or Marian, an unpacked Argos package, or a zip archive with one of the last two.
   * Weights that need no conversion stay in the mapped file.
   *
   * @throws ModelFormatException if there is no model, or a broken or unsupported one; the message
   *     names the file
   */
  public static Model open(Path path) {
    if (!Files.exists(path)) {
      throw new ModelFormatException(path + " does not exist");
    }
    return Files.isDirectory(path) ? openDirectory(path) : openArchive(path);
  }

  private static Model openDirectory(Path path) {
    ModelFolder folder = DirectoryFolder.open(path);
    if (CTranslate2Reader.isIn(folder)) {
      return CTranslate2Reader.read(folder);
    }
    if (MarianReader.isIn(folder)) {
      return MarianReader.read(folder);
    }
    if (HuggingFaceReader.isIn(folder)) {
      return HuggingFaceReader.read(path);
    }
    if (ArgosReader.isUnpacked(path)) {
      return ArgosReader.read(folder, ModelFiles.modelName(path));
    }
    throw new ModelFormatException(
        path
            + " is not a model: looked for model.bin (CTranslate2), *.npz (Marian), config.json"
            + " (Hugging Face MarianMT or M2M-100), metadata.json and model/model.bin (Argos)");
  }

  private static Model openArchive(Path path) {
    try (ZipArchive archive = ZipArchive.open(path)) {
      Optional<ZipFolder> argos = ArgosReader.find(archive);
      if (argos.isPresent()) {
        return ArgosReader.read(argos.get(), ModelFiles.modelName(path));
      }
      Optional<ZipFolder> marian =
          archive.folders().stream().filter(MarianReader::isIn).findFirst();
      if (marian.isPresent()) {
        return MarianReader.read(marian.get());
      }
      throw new ModelFormatException(
          path + " is not a model: looked for *.npz (Marian) and model/model.bin (Argos)");
    } catch (IOException e) {
      throw ModelFiles.unreadable(path, e);
    }
  }
}
