// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The words that a shell's completion offers for an option's value. */
public abstract class CompletionWords implements Iterable<String> {
  private final List<String> words;

  /** Offers these words. */
  protected CompletionWords(List<String> words) {
    this.words = words;
  }

  /** Offers the names of these values in lower case. */
  protected CompletionWords(Enum<?>[] values) {
    this(Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList());
  }

  @Override
  public Iterator<String> iterator() {
    return words.iterator();
  }
}
