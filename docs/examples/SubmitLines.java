// SPDX-License-Identifier: Apache-2.0
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Translates lines while the thread that hands them in goes on: {@code SubmitLines MODEL LINE…}. */
public class SubmitLines {
  public static void main(String[] arguments) {
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu");
    try (Translator translator = Translator.load(Path.of(arguments[0]), options)) {
      List<CompletableFuture<String>> texts =
          Stream.of(arguments)
              .skip(1)
              .map(line -> translator.submit(line).thenApply(Translation::text))
              .toList();
      // This thread is free for other work until it asks for the texts.
      texts.forEach(text -> System.out.println(text.join()));
    }
  }
}
