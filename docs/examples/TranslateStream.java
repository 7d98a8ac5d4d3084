// SPDX-License-Identifier: Apache-2.0
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Translates a file of any length: {@code TranslateStream MODEL FILE}. */
public class TranslateStream {
  public static void main(String[] arguments) throws IOException {
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu");
    try (Translator translator = Translator.load(Path.of(arguments[0]), options);
        Stream<String> lines = Files.lines(Path.of(arguments[1]));
        Stream<Translation> translations = translator.translate(lines)) {
      translations.map(Translation::text).forEach(System.out::println);
    }
  }
}
