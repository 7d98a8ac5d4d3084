package dev.dragoman.model.shortlist;

import dev.dragoman.TranslationOptions;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ShortlistFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Opens shortlists, whatever their format. */
public final class Shortlists {

  private Shortlists() {}

  /**
   * Reads the shortlist that the options ask for; empty where they ask for none.
   *
   * @throws ModelFormatException if the model brings none, or the file is missing, broken or
   *     another model's
   */
  public static Optional<Shortlist> open(Model model, TranslationOptions.Shortlist asked) {
    if (asked == TranslationOptions.Shortlist.NONE) {
      return Optional.empty();
    }
    return Optional.of(read(file(model, asked), ShortlistWords.of(model)));
  }

  /**
   * The file that holds it.
   *
   * @throws ModelFormatException if the model brings none
   */
  private static ShortlistFile file(Model model, TranslationOptions.Shortlist asked) {
    if (asked instanceof TranslationOptions.Shortlist.InFile named) {
      return ShortlistFile.at(named.file());
    }
    return model
        .shortlist()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    model.config().name()
                        + " brings no shortlist: name a file, CTranslate2's vmap.txt or Marian's"
                        + " lexical shortlist, or translate without"));
  }

  private static Shortlist read(ShortlistFile file, ShortlistWords words) {
    byte[] bytes = file.bytes();
    if (MarianBinaryShortlist.is(bytes)) {
      return MarianBinaryShortlist.read(file, bytes, words);
    }
    return isLexicon(file, bytes)
        ? MarianLexicon.read(file, bytes, words)
        : VocabularyMap.read(file, bytes, words);
  }

  /** By its first line, unless it has CTranslate2's name. */
  private static boolean isLexicon(ShortlistFile file, byte[] bytes) {
    Path name = file.path().getFileName();
    if (name != null && name.toString().equals(VocabularyMap.NAME)) {
      return false;
    }
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return MarianLexicon.isLine(new String(bytes, 0, end, StandardCharsets.UTF_8));
  }
}
