// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.files.InputLines;
import dev.dragoman.cli.options.Usage;
import dev.dragoman.doctor.TestSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name what precisions are compared with. */
final class TestSetOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "Lines to compare precisions with; by default the sources of the golden outputs.")
  private Path text;

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description = "What they should become, a line for each of --text, to count BLEU with.")
  private Path reference;

  /**
   * Reads the test set that was named, if one was.
   *
   * @throws ParameterException if there are references for nothing
   * @throws CommandFailure if a file cannot be read, or the lines of one do not belong to those of
   *     the other
   */
  Optional<TestSet> read(Console console) throws IOException {
    if (text == null) {
      Usage.require(command, reference == null, "--reference needs --text");
      return Optional.empty();
    }
    List<String> lines = InputLines.readAll(List.of(text), console);
    if (lines.isEmpty()) {
      throw new CommandFailure("--text: there is no line in " + text);
    }
    if (reference == null) {
      return Optional.of(new TestSet(text.toString(), lines, Optional.empty()));
    }
    List<String> references = InputLines.readAll(List.of(reference), console);
    if (references.size() != lines.size()) {
      throw new CommandFailure(
          format(
              "--reference: %s must have a line for each of %s: %,d, not %,d",
              reference, text, lines.size(), references.size()));
    }
    return Optional.of(new TestSet(text.toString(), lines, Optional.of(references)));
  }
}
