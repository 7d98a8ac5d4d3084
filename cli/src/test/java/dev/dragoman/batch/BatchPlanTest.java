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

  @Test
  void allColumnsOfATableAreNamedWhereTheWantedOneIsMissing() throws IOException {
    String names = "a long name of a column\t".repeat(9) + "last";
    Path table = Files.writeString(folder.resolve("a.tsv"), names + "\n");
    RecordFormat format =
        new RecordFormat(
            Optional.empty(),
            Optional.of("gone"),
            Optional.empty(),
            RecordFormat.Header.PRESENT,
            Optional.empty(),
            Optional.empty());
    assertEquals(
        List.of(table + ": no column 'gone'; its first line has: " + names.replace("\t", ", ")),
        refused(format, table.toString()).problems());
  }

  private String refusal(String... names) {
    String[] inputs =
        Stream.of(names).map(folder::resolve).map(Path::toString).toArray(String[]::new);
    return refused(RecordFormat.text(), inputs).getMessage();
  }

  private BatchPlan.BadInputsException refused(RecordFormat format, String... inputs) {
    return assertThrows(
        BatchPlan.BadInputsException.class,
        () ->
            BatchPlan.of(
                new BatchPlan.Inputs(List.of(inputs), List.of()),
                new BatchPlan.Outputs(folder.resolve("out"), Optional.empty()),
                format,
                (bytes, ofAll) -> {}));
  }
}
