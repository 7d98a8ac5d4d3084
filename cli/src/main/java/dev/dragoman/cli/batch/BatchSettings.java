// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.Translator;
import dev.dragoman.batch.Hashing;
import dev.dragoman.batch.OnError;
import dev.dragoman.batch.RecordFormat;
import dev.dragoman.cli.console.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the outputs of a job depend on beside its inputs, by the names of the settings.
 *
 * @param translating what a line's translation depends on
 * @param writing what the outputs depend on beside that
 */
record BatchSettings(Map<String, String> translating, Map<String, String> writing) {

  BatchSettings {
    translating = Map.copyOf(translating);
    writing = Map.copyOf(writing);
  }

  /** Takes the settings of a model that is not on a device yet. */
  static BatchSettings of(
      Path model, Map<String, String> options, RecordFormat format, OnError onError)
      throws IOException {
    Map<String, String> translating = new TreeMap<>(options);
    translating.put("the model (SHA-256)", Hashing.ofModel(model));
    Map<String, String> writing = new TreeMap<>(format.settings());
    writing.put("on-error", onError.name().toLowerCase(Locale.ROOT));
    writing.put("the program", Version.number());
    return new BatchSettings(translating, writing);
  }

  /** Adds the device. */
  BatchSettings on(Translator translator) {
    Map<String, String> more = new TreeMap<>(translating);
    more.put("the device", translator.arithmetic());
    return new BatchSettings(more, writing);
  }

  /** Returns all settings, for the journal. */
  Map<String, String> all() {
    Map<String, String> all = new TreeMap<>(translating);
    all.putAll(writing);
    return all;
  }
}
