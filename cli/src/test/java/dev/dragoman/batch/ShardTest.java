// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShardTest {

  @Test
  void shardsCoverEveryRecordOnce() {
    for (long records : new long[] {0, 1, 15, 16, 17, 1_000_003, Long.MAX_VALUE / 2}) {
      long next = 0;
      for (int i = 1; i <= 16; i++) {
        Shard shard = new Shard(i, 16);
        assertEquals(next, shard.first(records));
        next = shard.end(records);
        assertTrue(next - shard.first(records) <= records / 16 + 1);
      }
      assertEquals(records, next);
    }
  }

  @Test
  void slicesFollowTheRecordsOfAllInputs() {
    List<Task> tasks = List.of(task("a", 3), task("b", 0), task("c", 5));
    assertEquals(
        List.of(
            new Slice(tasks.get(0), 0, 3),
            new Slice(tasks.get(1), 0, 0),
            new Slice(tasks.get(2), 0, 1)),
        Slice.of(tasks, new Shard(1, 2)));
    assertEquals(List.of(new Slice(tasks.get(2), 1, 5)), Slice.of(tasks, new Shard(2, 2)));
  }

  private static Task task(String name, long records) {
    return new Task(name, name, 1, "", records);
  }

  @Test
  void slurmAndKubernetesAreUnderstood() {
    Map<String, String> slurm =
        Map.of(
            "SLURM_ARRAY_TASK_ID", "7",
            "SLURM_ARRAY_TASK_MIN", "1",
            "SLURM_ARRAY_TASK_STEP", "2",
            "SLURM_ARRAY_TASK_COUNT", "4");
    assertEquals(new Shard(4, 4), Shard.parse("auto", slurm));
    assertEquals(new Shard(4, 8), Shard.parse("auto/8", slurm));
    assertEquals(
        new Shard(1, 16),
        Shard.parse(
            "auto",
            Map.of(
                "SLURM_ARRAY_TASK_ID",
                "0",
                "SLURM_ARRAY_TASK_MIN",
                "0",
                "SLURM_ARRAY_TASK_COUNT",
                "16")));
    assertEquals(new Shard(1, 3), Shard.parse("auto/3", Map.of("JOB_COMPLETION_INDEX", "0")));
    assertEquals(new Shard(3, 16), Shard.parse("3/16", Map.of()));
    for (String wrong : List.of("0/3", "4/3", "3", "a/b", "auto")) {
      assertThrows(IllegalArgumentException.class, () -> Shard.parse(wrong, Map.of()), wrong);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Shard.parse("auto", Map.of("JOB_COMPLETION_INDEX", "0")));
  }
}
