package dev.dragoman.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens models, whatever their format. */
public final class Models {

  private Models() {}

  /**
   * Finds out what lies at {@code path} and reads it: a directory in the form of MarianMT,
   * CTranslate2 or Marian, or a zip archive with a Marian model or an Argos package. Weights that
   * need no conversion stay in the mapped file.
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
    if (folder.has(CTranslate2File.NAME)) {
      return CTranslate2Reader.read(folder);
    }
    if (!folder.endingWith(MarianReader.WEIGHTS_END).isEmpty()) {
      return MarianReader.read(folder);
    }
    if (folder.has(MarianMtReader.CONFIG)) {
      return readHuggingFace(path);
    }
    throw new ModelFormatException(
        "%s is not a model: looked for %s (CTranslate2), *%s (Marian), %s (Hugging Face MarianMT)"
            .formatted(
                path, CTranslate2File.NAME, MarianReader.WEIGHTS_END, MarianMtReader.CONFIG));
  }

  private static Model openArchive(Path path) {
    try (ZipArchive archive = ZipArchive.open(path)) {
      Optional<ZipFolder> argos = ArgosReader.find(archive);
      if (argos.isPresent()) {
        return ArgosReader.read(argos.get());
      }
      Optional<ZipFolder> marian =
          archive.folders().stream()
              .filter(folder -> !folder.endingWith(MarianReader.WEIGHTS_END).isEmpty())
              .findFirst();
      if (marian.isPresent()) {
        return MarianReader.read(marian.get());
      }
      throw new ModelFormatException(
          path + " is not a model: looked for *.npz (Marian) and model/model.bin (Argos)");
    } catch (IOException e) {
      throw ModelFiles.unreadable(path, e);
    }
  }

  private static Model readHuggingFace(Path path) {
    String type = JsonFile.read(path.resolve(MarianMtReader.CONFIG)).text("model_type").orElse("");
    return type.equals(M2m100Reader.MODEL_TYPE)
        ? M2m100Reader.read(path)
        : MarianMtReader.read(path);
  }
}
