// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ShortlistFile;
import dev.dragoman.model.ShortlistFile.MarianLimits;
import dev.dragoman.model.files.ModelFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Opens shortlists, whatever their format. */
public final class Shortlists {

  private Shortlists() {}

  /**
   * Reads the shortlist that is asked for.
   *
   * @return nothing where none is asked for
   * @throws ModelFormatException if the model brings none, or the file is missing, broken or
   *     another model's
   */
  public static Optional<Shortlist> open(Model model, ShortlistSource asked) {
    if (asked == ShortlistSource.NONE) {
      return Optional.empty();
    }
    return Optional.of(read(ShortlistBytes.read(file(model, asked)), ShortlistWords.of(model)));
  }

  /**
   * Returns the file that holds it.
   *
   * @throws ModelFormatException if the model brings none
   */
  private static ShortlistFile file(Model model, ShortlistSource asked) {
    if (asked instanceof ShortlistSource.InFile named) {
      Path path = named.file();
      return new ShortlistFile(path, () -> ModelFiles.bytes(path), MarianLimits.USUAL);
    }
    return model
        .shortlist()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    model.config().label().name()
                        + " brings no shortlist: name a file, CTranslate2's vmap.txt or Marian's"
                        + " lexical shortlist, or translate without"));
  }

  private static Shortlist read(ShortlistBytes file, ShortlistWords words) {
    if (MarianBinaryShortlist.is(file.bytes())) {
      return MarianBinaryShortlist.read(file, words);
    }
    return isLexicon(file) ? MarianLexicon.read(file, words) : VocabularyMap.read(file, words);
  }

  /** Tells by the first line whether a file is Marian's, unless it has CTranslate2's name. */
  private static boolean isLexicon(ShortlistBytes file) {
    Path name = file.path().getFileName();
    if (name != null && name.toString().equals(VocabularyMap.NAME)) {
      return false;
    }
    byte[] bytes = file.bytes();
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return MarianLexicon.isLine(new String(bytes, 0, end, StandardCharsets.UTF_8));
  }
}
