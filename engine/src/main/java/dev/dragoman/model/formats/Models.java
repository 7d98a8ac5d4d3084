package dev.dragoman.model.formats;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.argos.ArgosReader;
import dev.dragoman.model.ctranslate2.CTranslate2File;
import dev.dragoman.model.ctranslate2.CTranslate2Reader;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.huggingface.M2m100Reader;
import dev.dragoman.model.huggingface.MarianMtReader;
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
   * Finds out what lies at {@code path} and reads it: a directory in the form of MarianMT,
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
    if (folder.has(CTranslate2File.NAME)) {
      return CTranslate2Reader.read(folder);
    }
    if (!folder.endingWith(MarianReader.WEIGHTS_END).isEmpty()) {
      return MarianReader.read(folder);
    }
    if (folder.has(MarianMtReader.CONFIG)) {
      return readHuggingFace(path);
    }
    if (ArgosReader.isUnpacked(path)) {
      return ArgosReader.read(folder, name(path));
    }
    throw new ModelFormatException(
        "%1$s is not a model: looked for %2$s (CTranslate2), *%3$s (Marian), %4$s (Hugging Face"
            .concat(" MarianMT), metadata.json and model/%2$s (Argos)")
            .formatted(
                path, CTranslate2File.NAME, MarianReader.WEIGHTS_END, MarianMtReader.CONFIG));
  }

  private static Model openArchive(Path path) {
    try (ZipArchive archive = ZipArchive.open(path)) {
      Optional<ZipFolder> argos = ArgosReader.find(archive);
      if (argos.isPresent()) {
        return ArgosReader.read(argos.get(), name(path));
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

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  private static Model readHuggingFace(Path path) {
    String type = JsonFile.read(path.resolve(MarianMtReader.CONFIG)).text("model_type").orElse("");
    return type.equals(M2m100Reader.MODEL_TYPE)
        ? M2m100Reader.read(path)
        : MarianMtReader.read(path);
  }
}
