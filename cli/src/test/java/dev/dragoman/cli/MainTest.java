// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.console.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  /** A command and what it does. */
  private static final Pattern LISTED = Pattern.compile("  ([a-z]+)  +\\S.*");

  @ParameterizedTest
  @ValueSource(strings = {"", "translate ", "info ", "completion "})
  void helpAndVersionAreEverywhere(String command) {
    CommandLineRun help = CommandLineRun.of("", (command + "--help").split(" "));
    CommandLineRun version = CommandLineRun.of("", (command + "--version").split(" "));

    assertEquals(ExitCode.OK, help.exitCode());
    assertTrue(help.out().startsWith("Usage: dragoman " + command.strip()), help.out());
    assertEquals(ExitCode.OK, version.exitCode());
    assertTrue(
        version.out().matches("dragoman \\d+\\.\\d+\\.\\d+\\S*( \\([0-9a-f]+\\))?, Java .*\\R"),
        version.out());
  }

  /** Picocli takes descriptions for formats, and warns on the process' own standard error. */
  @Test
  void noHelpTextIsABrokenFormat() {
    PrintStream before = System.err;
    ByteArrayOutputStream warnings = new ByteArrayOutputStream();
    System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
    List<String> seen = new ArrayList<>();
    try {
      readHelp(List.of(), seen);
    } finally {
      System.setErr(before);
    }
    assertEquals("", warnings.toString(StandardCharsets.UTF_8));
    assertTrue(seen.containsAll(List.of("translate", "batch merge", "doctor")), seen.toString());
  }

  /** Reads the help of a command and of those that it lists. */
  private static void readHelp(List<String> command, List<String> seen) {
    List<String> words = new ArrayList<>(command);
    words.add("--help");
    CommandLineRun help = CommandLineRun.of("", words.toArray(String[]::new));
    assertEquals(ExitCode.OK, help.exitCode(), command.toString());
    seen.add(String.join(" ", command));
    List<String> lines = help.out().lines().toList();
    for (String line : lines.subList(lines.indexOf("Commands:") + 1, lines.size())) {
      Matcher listed = LISTED.matcher(line);
      if (lines.contains("Commands:") && listed.matches()) {
        List<String> inner = new ArrayList<>(command);
        inner.add(listed.group(1));
        readHelp(inner, seen);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "transalte", "--no-such-option", "info a b"})
  void wrongUsageIsSaidOnStandardError(String arguments) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    CommandLineRun run = CommandLineRun.of("", words);

    assertEquals(ExitCode.USAGE, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("dragoman: "), run.err());
    assertTrue(run.err().contains("--help'.\n"), run.err());
  }

  @Test
  void completionIsABashScriptThatKnowsTheOptions() {
    CommandLineRun run = CommandLineRun.of("", "completion");

    assertEquals(ExitCode.OK, run.exitCode());
    assertTrue(run.out().startsWith("#!/usr/bin/env bash"));
    assertTrue(run.out().contains("--beam-size"));
    assertTrue(run.out().contains("bfloat16"));
  }
}
