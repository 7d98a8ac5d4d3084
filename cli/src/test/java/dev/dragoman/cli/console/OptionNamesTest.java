// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionNamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "use the setting precision=float32 | use --precision float32",
        "it was lost; the setting restart=true begins anew | it was lost; --restart begins anew",
        "the setting format=jsonl needs the setting field | --format jsonl needs --field",
        "the setting shard=auto: Slurm is silent | --shard auto: Slurm is silent",
        "lower the setting workers | lower --threads",
        "the setting output-field was a$1 | --output-field was a$1",
        "the settings precision=float32 | the settings precision=float32",
        "column=3 is a file | column=3 is a file"
      })
  void settingsAreShownAsOptions(String message, String shown) {
    assertEquals(shown, OptionNames.in(message));
  }
}
