package dev.dragoman.cli.options;

import dev.dragoman.Translation;
import dev.dragoman.Translator;
import java.util.stream.Stream;

/** What commands need of a {@link Translator}. */
public interface TextTranslator extends AutoCloseable {

  /** As {@link Translator#translate(Stream)}. */
  Stream<Translation> translate(Stream<String> texts);

  /** As {@link Translator#description()}. */
  String description();

  /** As {@link Translator#arithmetic()}. */
  String arithmetic();

  /** How much there is on the device now. */
  Load load();

  @Override
  void close();

  /**
   * What a device holds.
   *
   * @param waiting sentences that wait for a free slot
   * @param bytes of its memory
   */
  record Load(int waiting, long bytes) {}

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
      public String arithmetic() {
        return translator.arithmetic();
      }

      @Override
      public Load load() {
        return new Load(translator.waiting(), translator.deviceBytes());
      }

      @Override
      public void close() {
        translator.close();
      }
    };
  }
}
