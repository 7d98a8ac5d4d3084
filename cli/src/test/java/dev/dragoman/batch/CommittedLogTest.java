// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommittedLogTest {
  @TempDir private Path folder;

  @Test
  void whatWasNotCommittedIsForgotten() throws IOException {
    Path file = folder.resolve("log");
    long committed;
    try (CommittedLog log = CommittedLog.open(file, 0)) {
      log.add(1);
      committed = log.sync();
      log.add("two");
      log.sync(); // the process is killed before the checkpoint says so
    }
    try (CommittedLog log = CommittedLog.open(file, committed)) {
      log.add(3);
      assertEquals(4, log.sync());
    }
    assertEquals(List.of("1", "3"), Files.readAllLines(file));
    assertThrows(BatchException.class, () -> CommittedLog.open(file, 100));
  }
}
