// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.Translation;
import dev.dragoman.Translator;
import dev.dragoman.text.InvisibleCharacters;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** What becomes of characters that nobody sees, within lines that have others. */
public final class InvisibleOption {

  /** What to do with them. */
  enum Invisible {
    /** They go to the model, whose own normalization drops some of them. */
    KEEP,
    /** The model does not see them. */
    DROP
  }

  @Option(
      names = "--invisible",
      paramLabel = "WHAT",
      defaultValue = "keep",
      description =
          "Soft hyphens, zero-width spaces, word joiners, marks of direction and variation"
              + " selectors: keep them (the default), or drop them before the text is cut into"
              + " tokens, as they hide words from the model. Not for languages that have zero-width"
              + " spaces between words, such as Khmer.")
  private Invisible invisible;

  /** Says whether the text is changed. */
  public boolean drops() {
    return invisible == Invisible.DROP;
  }

  /** Returns what was chosen beside the default, for the journal of a job. */
  public Map<String, String> settings() {
    return drops() ? Map.of("invisible", invisible.name().toLowerCase(Locale.ROOT)) : Map.of();
  }

  /** Hands lines to a translator that then sees what it should. */
  public Function<String, CompletableFuture<Translation>> before(Translator translator) {
    return drops()
        ? line -> translator.submit(InvisibleCharacters.dropMarks(line))
        : translator::submit;
  }
}
