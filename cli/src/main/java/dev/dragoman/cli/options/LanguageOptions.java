// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.model.Model;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose the languages of a model that has many. */
public final class LanguageOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-s", "--source-lang"},
      paramLabel = "CODE",
      description = "The text's language, for models of many: as the model calls it.")
  private String source;

  @Option(
      names = {"-T", "--target-lang"},
      paramLabel = "CODE",
      description = "The language to translate into, for models of many.")
  private String target;

  /**
   * Returns the choice that was made.
   *
   * @throws ParameterException if only one language is named
   */
  public Languages checked() {
    Usage.require(
        command,
        (source == null) == (target == null),
        "--source-lang and --target-lang go together");
    return source == null ? model -> model : model -> model.between(source, target);
  }

  /** Returns the languages that were chosen, for the journal of a job. */
  public Map<String, String> settings() {
    return source == null ? Map.of() : Map.of("source-lang", source, "target-lang", target);
  }

  /** Sets a model to the languages that were chosen, if any were. */
  public interface Languages {
    Model choose(Model model);
  }
}
