// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.batch.ShardMerge;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Parameters(
      paramLabel = "DIR",
      description = "The output folders of the shards; by default the one of --output-dir.")
  private List<Path> folders = new ArrayList<>();

  @Mixin private OutputDirOption outputDir;

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
    Path joined = outputDir.folder();
    ShardMerge merge = ShardMerge.of(folders.isEmpty() ? List.of(joined) : folders);
    long failures = merge.into(joined);
    if (errors != null) {
      Files.write(errors, merge.errors());
    }
    console.message(
        format(
            "dragoman: %,d lines of %,d files are joined in %s",
            merge.records(), merge.files(), joined));
    return failures > 0 ? ExitCode.LINES_FAILED : ExitCode.OK;
  }
}
