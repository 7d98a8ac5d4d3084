// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchPlanTest {
  @TempDir private Path folder;

  @Test
  void everyByteOfTheInputsIsHeardOfWhileTheyAreRead() throws IOException {
    Path in = Files.createDirectories(folder.resolve("in"));
    Files.writeString(in.resolve("a.txt"), "a line\n".repeat(50_000));
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed)) {
      out.write("b\n".getBytes(StandardCharsets.UTF_8));
    }
    Files.write(in.resolve("b.gz"), compressed.toByteArray());
    long all = 350_000L + compressed.size();
    ConcurrentSkipListMap<Long, Long> heard = new ConcurrentSkipListMap<>();

    BatchPlan plan =
        BatchPlan.of(
            new BatchPlan.Inputs(List.of(in.toString()), List.of()),
            new BatchPlan.Outputs(folder.resolve("out"), Optional.empty()),
            RecordFormat.text(),
            heard::put);

    assertEquals(50_001, plan.records());
    assertEquals(all, heard.lastKey());
    assertEquals(List.of(all), heard.values().stream().distinct().toList());
  }

  @Test
  void problemsAreCounted() {
    assertEquals("one problem with the inputs; nothing was begun", refusal("gone"));
    assertEquals("2 problems with the inputs; nothing was begun", refusal("gone", "lost"));
  }

  private String refusal(String... names) {
    List<String> inputs = Stream.of(names).map(name -> folder.resolve(name).toString()).toList();
    return assertThrows(
            BatchPlan.BadInputsException.class,
            () ->
                BatchPlan.of(
                    new BatchPlan.Inputs(inputs, List.of()),
                    new BatchPlan.Outputs(folder.resolve("out"), Optional.empty()),
                    RecordFormat.text(),
                    (bytes, ofAll) -> {}))
        .getMessage();
  }
}
