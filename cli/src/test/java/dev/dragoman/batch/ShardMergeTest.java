// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.Translation;
import dev.dragoman.lines.RecentLines;
import dev.dragoman.lines.TranslationStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two shards of a text of which one line in each cannot be translated. */
final class ShardMergeTest {
  @TempDir private Path folder;
  private Path shards;
  private Path second;

  @BeforeEach
  void runShards() throws IOException {
    shards = folder.resolve("shards");
    second = shards.resolve(".dragoman/shard-2-of-2");
    Path text = Files.writeString(folder.resolve("a.txt"), "a\n!\nb\n!\n");
    BatchPlan plan =
        BatchPlan.of(
            new BatchPlan.Inputs(List.of(text.toString()), List.of()),
            new BatchPlan.Outputs(shards, Optional.empty()),
            RecordFormat.text(),
            (bytes, ofAll) -> {});
    for (int index = 1; index <= 2; index++) {
      try (BatchJob job = new BatchJob(plan, JobFolder.open(shards, new Shard(index, 2)))) {
        job.begin(Map.of());
        job.run(
            new BatchJob.Setup(
                line -> CompletableFuture.completedFuture(translation(line)),
                new RecentLines(0, TranslationStore.none()),
                OnError.COPY,
                new SilentListener(),
                Duration.ofMinutes(1)));
      }
    }
  }

  private static Translation translation(String line) {
    return line.equals("!")
        ? new Translation(List.of(), Optional.of("no"), Optional.empty(), 1, 0)
        : new Translation(
            List.of(new Translation.Hypothesis(line + line, -1, List.of())),
            Optional.empty(),
            Optional.empty(),
            1,
            1);
  }

  @Test
  void eachMergeCountsTheFailuresOnce() throws IOException {
    ShardMerge merge = ShardMerge.of(List.of(shards));
    assertEquals(2, merge.into(folder.resolve("out")));
    assertEquals("aa\n!\nbb\n!\n", Files.readString(folder.resolve("out/a.txt")));
    assertEquals(2, merge.into(folder.resolve("out")), "once more");
    assertEquals(2, new String(merge.errors(), StandardCharsets.UTF_8).lines().count());
  }

  @Test
  void aLogThatWasCutIsNamed() throws IOException {
    ShardMerge merge = ShardMerge.of(List.of(shards));
    Path errors = cut("errors.jsonl");
    assertEquals(
        notAsItWas(errors), assertThrows(BatchException.class, merge::errors).getMessage());
    Path outputs = cut("outputs.jsonl");
    assertEquals(
        notAsItWas(outputs),
        assertThrows(BatchException.class, () -> merge.into(folder.resolve("out"))).getMessage());
  }

  private Path cut(String name) throws IOException {
    Path log = second.resolve(name);
    String text = Files.readString(log);
    return Files.writeString(log, text.substring(0, text.length() - 2));
  }

  private static String notAsItWas(Path file) {
    return file
        + " is not as the journal has it: it was changed or lost; the setting restart=true begins"
        + " anew";
  }
}
