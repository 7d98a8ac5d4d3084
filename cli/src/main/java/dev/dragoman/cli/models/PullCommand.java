// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.hub.Hub;
import dev.dragoman.hub.HubModel;
import dev.dragoman.hub.HubSettings;
import dev.dragoman.hub.ModelName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman pull}: a model from the Hugging Face hub. */
@Command(
    name = "pull",
    description = {
      "Downloads a model from the Hugging Face hub and prints its directory.",
      "",
      "Then 'dragoman translate --model NAME' uses it. A download that was broken goes on where it"
          + " stopped; sizes and hashes are checked.",
      ""
    },
    footer = {
      "",
      "HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_TOKEN are heeded.",
      "",
      "Exit codes: 0 the model is there, 1 a failure, 2 wrong usage."
    })
public final class PullCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Console console;
  private final Map<String, String> environment;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Such as Helsinki-NLP/opus-mt-fr-en.")
  private String model;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Put the files there; by default into the cache that all programs share.")
  private Path directory;

  public PullCommand(CommandContext context, Map<String, String> environment) {
    this.context = context;
    this.console = context.console();
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    ModelName name =
        ModelName.parse(model)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "NAME must be like Helsinki-NLP/opus-mt-fr-en, not '" + model + "'"));
    HubSettings settings = HubSettings.of(environment, Path.of(System.getProperty("user.home")));
    try {
      Path there;
      try (DownloadBar bar = new DownloadBar(console, context.verbosity())) {
        there = pull(new Hub(settings), name, bar);
      }
      console.out().write((there + "\n").getBytes(StandardCharsets.UTF_8));
      console.out().flush();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted; what has come is kept, pull again to go on", e);
    }
  }

  private Path pull(Hub hub, ModelName name, DownloadBar bar)
      throws IOException, InterruptedException {
    HubModel found = hub.find(name, bar);
    bar.begin(found);
    if (directory == null) {
      return hub.pull(found, bar);
    }
    hub.pullTo(directory, found, bar);
    return directory;
  }
}
