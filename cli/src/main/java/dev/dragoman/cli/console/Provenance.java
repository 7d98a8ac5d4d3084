// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a report says of a run: the command to repeat it, the program and the machine. */
public final class Provenance {

  private Provenance() {}

  /** Describes a run of the command with these words. */
  public static Map<String, String> of(List<String> words) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "command",
        "dragoman " + words.stream().map(Provenance::quote).collect(Collectors.joining(" ")));
    facts.put("program", Version.text());
    facts.putAll(Machine.describe());
    return facts;
  }

  /** Quotes a word as a shell takes it. */
  private static String quote(String word) {
    return word.matches("[\\w./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
