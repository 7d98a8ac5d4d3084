package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {

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
