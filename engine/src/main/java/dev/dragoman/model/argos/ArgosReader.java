// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.argos;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ctranslate2.CTranslate2File;
import dev.dragoman.model.ctranslate2.CTranslate2Reader;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.model.zip.ZipArchive;
import dev.dragoman.model.zip.ZipFolder;
import dev.dragoman.text.SentencePiece;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads an Argos Translate package in place: a zip whose one folder holds {@code metadata.json},
 * {@code sentencepiece.model} and a CTranslate2 model in {@code model}; or that folder, as Argos
 * unpacks it to {@code ~/.local/share/argos-translate/packages}.
 *
 * @see <a href="https://www.argosopentech.com/argospm/index/">Argos packages</a>
 */
public final class ArgosReader {

  static final String END = ".argosmodel";
  private static final String FORMAT = "Argos Translate";
  private static final String METADATA = "metadata.json";
  private static final String PIECES = "sentencepiece.model";
  private static final String MODEL = "model";

  private ArgosReader() {}

  /**
   * Returns the folder of a package in an archive: where {@code metadata.json} and {@code model}
   * lie.
   *
   * @return none if it is no such package
   */
  public static Optional<ZipFolder> find(ZipArchive archive) {
    List<String> folders =
        archive.names().stream()
            .filter(
                name ->
                    name.endsWith("/" + MODEL + "/" + CTranslate2File.NAME)
                        || name.equals(MODEL + "/" + CTranslate2File.NAME))
            .map(
                name ->
                    name.substring(
                        0, name.length() - MODEL.length() - CTranslate2File.NAME.length() - 1))
            .toList();
    if (folders.size() > 1) {
      throw new ModelFormatException(archive.file() + ": more than one model: " + folders);
    }
    return folders.stream().findFirst().map(prefix -> new ZipFolder(archive, prefix));
  }

  /** Says whether a directory is a package that has been unpacked. */
  public static boolean isUnpacked(Path directory) {
    return ModelFiles.isThere(directory.resolve(METADATA))
        && ModelFiles.isThere(directory.resolve(MODEL).resolve(CTranslate2File.NAME));
  }

  /**
   * Reads what a package says of itself, as its languages.
   *
   * @throws ModelFormatException if the file is missing or broken
   */
  public static JsonFile metadata(ModelFolder folder) {
    return JsonFile.parse(folder.file(METADATA), folder.bytes(METADATA));
  }

  /**
   * Reads the package in a folder.
   *
   * @param name of the package, for messages
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  public static Model read(ModelFolder folder, String name) {
    JsonFile metadata = metadata(folder);
    if (!metadata.text("type").orElse("translate").equals("translate")) {
      throw metadata.wrong("type", "\"translate\"");
    }
    if (!metadata.text("target_prefix").orElse("").isEmpty()) {
      throw metadata.wrong("target_prefix", "supported");
    }
    if (!folder.has(PIECES)) {
      throw new ModelFormatException(
          folder.file(PIECES) + " is missing; packages with another tokenizer are not supported");
    }
    SentencePiece pieces = TokenizerFiles.sentencePiece(folder.file(PIECES), folder.bytes(PIECES));
    return CTranslate2Reader.read(folder.folder(MODEL), pieces, new Label(name, FORMAT));
  }
}
