// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.batch.RecordFormat;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what the records of files are, and what of them is translated. */
final class RecordOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of the inputs: text, tsv, csv or jsonl; by default what the other options and the"
              + " files' names say.")
  private RecordFormat.Kind kind;

  @Option(
      names = "--column",
      paramLabel = "N|NAME",
      description =
          "Of tables (.tsv, .csv): translate this column, by its number from 1 or by its name in"
              + " the first line. Every other byte stays.")
  private String column;

  @Option(
      names = "--header",
      description = "Tables have names in their first line, which is not translated.")
  private boolean header;

  @Option(
      names = "--separator",
      paramLabel = "CHARACTER",
      description = "Of tables; by default a tab in .tsv and a comma in .csv.")
  private Character separator;

  @Option(
      names = "--field",
      paramLabel = "A.B",
      description = "Of JSON Lines: translate this field, b in a. Every other byte stays.")
  private String field;

  @Option(
      names = "--output-field",
      paramLabel = "A.C",
      description = "Write the translation to this field; by default it takes the other's place.")
  private String outputField;

  /**
   * Returns the checked options.
   *
   * @throws ParameterException if they do not go together
   */
  RecordFormat checked() {
    try {
      return new RecordFormat(
              Optional.ofNullable(kind),
              Optional.ofNullable(column),
              Optional.ofNullable(separator),
              header ? RecordFormat.Header.PRESENT : RecordFormat.Header.ABSENT,
              Optional.ofNullable(field),
              Optional.ofNullable(outputField))
          .checked();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
