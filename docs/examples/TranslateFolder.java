// SPDX-License-Identifier: Apache-2.0
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.batch.BatchJob;
import dev.dragoman.batch.BatchListener;
import dev.dragoman.batch.BatchPlan;
import dev.dragoman.batch.JobFolder;
import dev.dragoman.batch.OnError;
import dev.dragoman.batch.RecordFormat;
import dev.dragoman.batch.Shard;
import dev.dragoman.lines.RecentLines;
import dev.dragoman.lines.TranslationStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Translates the files of a folder into another one, and goes on where an earlier run ended: {@code
 * TranslateFolder MODEL FROM TO}.
 */
public class TranslateFolder {

  /** Prints what there is to say of single lines. */
  private static final class Messages implements BatchListener {
    @Override
    public void failed(String place, String reason, String instead) {
      System.err.println(place + ": " + reason);
    }

    @Override
    public void noted(String place, String note) {
      System.err.println(place + ": " + note);
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path model = Path.of(arguments[0]);
    Path to = Path.of(arguments[2]);
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu");
    BatchPlan plan =
        BatchPlan.of(
            new BatchPlan.Inputs(List.of(arguments[1]), List.of()),
            new BatchPlan.Outputs(to, Optional.empty()),
            RecordFormat.text(),
            (bytes, ofAll) -> {});
    try (BatchJob job = new BatchJob(plan, JobFolder.open(to, Shard.ALL));
        Translator translator = Translator.load(model, options)) {
      // The job is refused if it was begun with other settings.
      job.begin(Map.of("model", model.toString(), "device", translator.arithmetic()));
      job.run(
          new BatchJob.Setup(
              translator::submit,
              new RecentLines(10_000, TranslationStore.none()),
              OnError.EMPTY,
              new Messages(),
              Duration.ofSeconds(5)));
      System.out.println(job.stored().recordsDone() + " lines are done");
    }
  }
}
