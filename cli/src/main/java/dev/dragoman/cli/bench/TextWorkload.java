// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.Translation;
import dev.dragoman.Translator;
import dev.dragoman.pipeline.Activity;
import dev.dragoman.pipeline.EngineStatus;
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
    EngineStatus status = translator.status();
    return new Loaded(
        translator.description(), status.workers(), status.slots(), status.deviceBytes());
  }

  @Override
  public Activity activity() {
    return translator.status().activity();
  }

  @Override
  public void close() {
    translator.close();
  }
}
