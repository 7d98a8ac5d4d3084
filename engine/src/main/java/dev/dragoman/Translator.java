package dev.dragoman;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Translates text with one model on one device. Safe to call from several threads. */
public final class Translator implements AutoCloseable {

  private Translator() {}

  public static Translator load(Path model, TranslationOptions options) {
    throw new UnsupportedOperationException("being written");
  }

  /** Translates one line of text. */
  public Translation translate(String text) {
    return translate(List.of(text)).get(0);
  }

  /** Translates lines of text; the result has one translation for each, in order. */
  public List<Translation> translate(List<String> texts) {
    return translate(texts.stream()).toList();
  }

  /** Translates as the result is read, in order, with a bounded number of lines under way. */
  public Stream<Translation> translate(Stream<String> texts) {
    throw new UnsupportedOperationException("being written");
  }

  /** What is loaded, for people: device, precision, workers, slots, memory. */
  public String description() {
    throw new UnsupportedOperationException("being written");
  }

  @Override
  public void close() {}
}
