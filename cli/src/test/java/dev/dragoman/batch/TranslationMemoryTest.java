// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.Translation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TranslationMemoryTest {
  /** So many lines are written at once. */
  private static final int WAITING = 1_000;

  private static final Translation TRANSLATION =
      new Translation(
          List.of(new Translation.Hypothesis("a", -1, List.of())),
          Optional.empty(),
          Optional.empty(),
          1,
          1);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("memory.sqlite");
  }

  @Test
  void aDatabaseOfAnotherKindIsClosed() throws Exception {
    execute("CREATE TABLE translations (x TEXT)");
    assertThrows(BatchException.class, () -> TranslationMemory.open(file, Map.of()));
    OpenFiles.assertClosed(file);
  }

  @Test
  void aWriteThatFailsKeepsNobodyElseFromWriting() throws Exception {
    TranslationMemory memory = TranslationMemory.open(file, Map.of());
    execute(
        "CREATE TRIGGER no BEFORE INSERT ON translations BEGIN SELECT RAISE(ABORT, 'full'); END");
    UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> fill(memory));
    assertEquals(
        file + ": cannot be used as a translation memory", e.getCause().getMessage(), e.toString());
    execute("DROP TRIGGER no");
    memory.close(); // which writes what could not be written
    try (TranslationMemory again = TranslationMemory.open(file, Map.of())) {
      assertEquals(Optional.of(TRANSLATION), again.find("line 0"));
    }
    OpenFiles.assertClosed(file);
  }

  private static void fill(TranslationMemory memory) {
    for (int i = 0; i < WAITING; i++) {
      memory.add("line " + i, TRANSLATION);
    }
  }

  private void execute(String sql) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
