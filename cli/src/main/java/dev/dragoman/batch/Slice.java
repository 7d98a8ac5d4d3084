// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.util.ArrayList;
import java.util.List;

/**
 * The records of one input that a job translates.
 *
 * @param from the first, counted from 0
 * @param to the one after the last
 */
record Slice(Task task, long from, long to) {

  /** Returns a shard of all inputs, by the records of all of them together. */
  static List<Slice> of(List<Task> tasks, Shard shard) {
    long all = tasks.stream().mapToLong(Task::records).sum();
    long first = shard.first(all);
    long end = shard.end(all);
    List<Slice> slices = new ArrayList<>();
    long offset = 0;
    for (Task task : tasks) {
      long from = Math.max(0, first - offset);
      long to = Math.min(task.records(), end - offset);
      if (from < to) {
        slices.add(new Slice(task, from, to));
      } else if (task.records() == 0 && shard.index() == 1) {
        slices.add(new Slice(task, 0, 0));
      }
      offset += task.records();
    }
    return slices;
  }

  /** Returns how many records it has. */
  long records() {
    return to - from;
  }
}
