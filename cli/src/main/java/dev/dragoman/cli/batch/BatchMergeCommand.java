// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.batch.ShardMerge;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman batch merge}: joins the outputs of shards. */
@Command(
    name = "merge",
    description = {
      "Joins the outputs of all shards of a job (batch --shard K/N) to those of one run. A shard"
          + " that is missing, not finished, damaged or of another job is named, and nothing is"
          + " written then.",
      ""
    },
    footer = {
      "",
      "--metrics and --report belong to the shards: each says how its own run went.",
      "",
      "What the shards have left in DIR/.dragoman/shard-K-of-N stays; delete it when the result is"
          + " where it should be.",
      "",
      "Exit codes: 0 all lines were translated, 1 a failure, 2 wrong usage, 3 some lines could"
          + " not be translated."
    })
public final class BatchMergeCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "The output folders of the shards; by default the one of --output-dir.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = {"-o", "--output-dir"},
      paramLabel = "DIR",
      description = "Where to.")
  private Path outputDir;

  @Option(
      names = "--errors",
      paramLabel = "FILE",
      description = "Write every line that could not be translated there, as JSON Lines.")
  private Path errors;

  public BatchMergeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (outputDir == null) {
      throw new ParameterException(spec.commandLine(), "--output-dir DIR is missing");
    }
    ShardMerge merge = ShardMerge.of(folders.isEmpty() ? List.of(outputDir) : folders);
    long failures = merge.into(outputDir);
    if (errors != null) {
      Files.write(errors, merge.errors());
    }
    console.message(
        String.format(
            Locale.ROOT,
            "dragoman: %,d lines of %,d files are joined in %s",
            merge.records(),
            merge.files(),
            outputDir));
    return failures > 0 ? ExitCode.LINES_FAILED : ExitCode.OK;
  }
}
