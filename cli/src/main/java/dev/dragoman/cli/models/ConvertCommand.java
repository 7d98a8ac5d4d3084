// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.cli.files.StagedDirectory;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.Usage;
import dev.dragoman.device.DataType;
import dev.dragoman.model.Model;
import dev.dragoman.model.huggingface.MarianMtWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman convert}: any model that can be read, as Hugging Face MarianMT. */
@Command(
    name = "convert",
    description = "Writes a model of any format as Hugging Face MarianMT with safetensors.",
    footer = {
      "",
      "OUT is there as a whole or not at all. Without --precision every weight keeps its own, and"
          + " translations are the same as before; a line says what other programs that read the"
          + " layout may do otherwise.",
      "",
      "Exit codes: 0 done, 1 a failure, 2 wrong usage."
    })
public final class ConvertCommand implements Callable<Integer> {

  /** The types that weights can be stored in. */
  enum WeightType {
    FLOAT32(DataType.F32),
    FLOAT16(DataType.F16),
    BFLOAT16(DataType.BF16);

    private final DataType type;

    WeightType(DataType type) {
      this.type = type;
    }
  }

  private final CommandContext context;
  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model to read.")
  private Path model;

  @Parameters(index = "1", paramLabel = "OUT", description = "The directory to write.")
  private Path out;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = "Of the weights: float32, float16 or bfloat16; default as they are.")
  private WeightType weightType;

  @Option(names = "--force", description = "Replace the model in OUT.")
  private boolean force;

  public ConvertCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    refuseToReplace();
    Model from = context.backend().open(context.backend().locate(model));
    List<String> remarks;
    try (StagedDirectory directory = StagedDirectory.begin(out)) {
      remarks =
          MarianMtWriter.write(
              from, directory.work(), Optional.ofNullable(weightType).map(chosen -> chosen.type));
      directory.publish();
    }
    if (context.verbosity() != Verbosity.QUIET) {
      console.message("dragoman: wrote " + out + " from " + from.config().label().format());
      if (!remarks.isEmpty()) {
        console.message("dragoman: " + String.join("; ", remarks));
      }
    }
    return ExitCode.OK;
  }

  /** Refuses to replace what is no model, even with {@code --force}, and the model that is read. */
  private void refuseToReplace() throws IOException {
    if (!Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!force) {
      throw new CommandFailure(out + " exists; --force replaces it");
    }
    if (!Files.isDirectory(out, LinkOption.NOFOLLOW_LINKS)
        || !Files.exists(out.resolve("config.json"))) {
      throw new CommandFailure(out + " exists and is not a model's directory; remove it yourself");
    }
    Path from = Files.exists(model) ? model.toRealPath() : model;
    Path to = out.toRealPath();
    Usage.require(spec, !from.startsWith(to) && !to.startsWith(from), "OUT is where MODEL lies");
  }
}
