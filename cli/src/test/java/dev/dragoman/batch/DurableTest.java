// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableTest {
  private static final int SHARDS = 4;

  @TempDir private Path folder;

  @Test
  void shardsThatBeginAtOnceMakeTheSameFolders() throws Exception {
    ExecutorService shards = Executors.newFixedThreadPool(SHARDS);
    try {
      CyclicBarrier together = new CyclicBarrier(SHARDS);
      for (int round = 0; round < 500; round++) {
        Path common = folder.resolve(round + "/out/.dragoman");
        List<Future<?>> made = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
          made.add(
              shards.submit(
                  () -> {
                    together.await();
                    Durable.createDirectories(common);
                    return null;
                  }));
        }
        for (Future<?> each : made) {
          each.get();
        }
        assertTrue(Files.isDirectory(common));
      }
    } finally {
      shards.shutdownNow();
    }
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    String message =
        assertThrows(BatchException.class, () -> Durable.createDirectories(file)).getMessage();
    assertEquals(file + ": is a file, not a folder", message);
  }
}
