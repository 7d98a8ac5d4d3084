// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordSourceTest {
  @TempDir private Path folder;

  /** None is compressed as its name says, and the table has no column. */
  @ParameterizedTest
  @ValueSource(strings = {"a.gz", "a.xz", "a.bz2", "a.zst", "a.tsv"})
  void anInputThatCannotBeOpenedIsClosed(String name) throws IOException {
    RecordFormat byName =
        new RecordFormat(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            RecordFormat.Header.ABSENT,
            Optional.empty(),
            Optional.empty());
    Path file = Files.writeString(folder.resolve(name), "plain text");
    Task task = new Task(file.toString(), name, 10, "", 1);
    try (RecordSource source = new RecordSource(List.of(new Slice(task, 0, 1)), byName, 0)) {
      assertThrows(BatchException.class, source::next);
    }
    OpenFiles.assertClosed(file);
  }
}
