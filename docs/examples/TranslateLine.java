// SPDX-License-Identifier: Apache-2.0
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import java.nio.file.Path;

/** Translates one line: {@code TranslateLine MODEL LINE}. */
public class TranslateLine {
  public static void main(String[] arguments) {
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu").withBeamSize(4);
    try (Translator translator = Translator.load(Path.of(arguments[0]), options)) {
      Translation translation = translator.translate(arguments[1]);
      translation
          .failure()
          .ifPresentOrElse(System.err::println, () -> System.out.println(translation.text()));
    }
  }
}
