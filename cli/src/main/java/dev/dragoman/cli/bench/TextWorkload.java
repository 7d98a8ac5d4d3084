package dev.dragoman.cli.bench;

import dev.dragoman.Translation;
import dev.dragoman.Translator;
import dev.dragoman.pipeline.Activity;
import java.util.List;

/** A real text and a real model. */
record TextWorkload(Translator translator, List<String> texts) implements Workload {

  @Override
  public int lines() {
    return texts.size();
  }

  @Override
  public Tokens translateAll() {
    List<Translation> translations = translator.translate(texts);
    return new Tokens(
        translations.stream().mapToLong(Translation::sourceTokens).sum(),
        translations.stream().mapToLong(Translation::targetTokens).sum());
  }

  @Override
  public void translateOne(int line) {
    translator.translate(texts.get(line));
  }

  @Override
  public Loaded loaded() {
    return new Loaded(
        translator.description(),
        translator.workers(),
        translator.slots(),
        translator.deviceBytes());
  }

  @Override
  public Activity activity() {
    return translator.activity();
  }

  @Override
  public void close() {
    translator.close();
  }
}
