package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.Translator;
import java.util.stream.Stream;

/** What commands need of a {@link Translator}. */
interface TextTranslator extends AutoCloseable {

  /** As {@link Translator#translate(Stream)}. */
  Stream<Translation> translate(Stream<String> texts);

  /** As {@link Translator#description()}. */
  String description();

  /** As {@link Translator#device()}. */
  String device();

  @Override
  void close();

  /** The real one. */
  static TextTranslator of(Translator translator) {
    return new TextTranslator() {
      @Override
      public Stream<Translation> translate(Stream<String> texts) {
        return translator.translate(texts);
      }

      @Override
      public String description() {
        return translator.description();
      }

      @Override
      public String device() {
        return translator.device();
      }

      @Override
      public void close() {
        translator.close();
      }
    };
  }
}
