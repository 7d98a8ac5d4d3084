// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dragoman completion}: prints a script that completes commands and options. */
@Command(
    name = "completion",
    description = "Prints a completion script for bash and zsh.",
    footer = {
      "",
      "bash: dragoman completion > ~/.local/share/bash-completion/completions/dragoman",
      "zsh:  source <(dragoman completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    String script = AutoComplete.bash("dragoman", spec.root().commandLine());
    console.out().write(script.getBytes(StandardCharsets.UTF_8));
    console.out().flush();
    return ExitCode.OK;
  }
}
