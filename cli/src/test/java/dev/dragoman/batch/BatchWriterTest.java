// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchWriterTest {
  @TempDir private Path folder;

  @Test
  void whatWasOpenedIsClosedIfTheNextIsNotAsItWas() throws IOException {
    LineFailures.Rules rules =
        new LineFailures.Rules(OnError.COPY, text -> null, new SilentListener());
    try (JobFolder job = JobFolder.open(folder, Shard.ALL)) {
      job.begin(Journal.of(Map.of(), Shard.ALL, List.of()));
      job.save(
          new Checkpoint(
              0, 0, PartFile.Mark.START, Checkpoint.State.WRITING, 0, 5, new Statistics()));
      assertThrows(
          BatchException.class, () -> BatchWriter.open(job, List.of(), rules, Duration.ZERO));
      OpenFiles.assertClosed(job.errors());
      OpenFiles.assertClosed(job.outputs());
    }
  }
}
