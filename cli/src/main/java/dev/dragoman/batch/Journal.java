// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a job is: everything that its outputs depend on.
 *
 * @param version of this notation
 * @param settings of the job, and what else the outputs depend on, as {@code the model}, by name
 * @param shard which part of the inputs
 * @param inputs all of them, in order
 */
record Journal(int version, Map<String, String> settings, String shard, List<Task> inputs) {
  private static final int VERSION = 1;
  private static final String ON_ERROR = "on-error";

  Journal {
    settings = withoutDashes(settings);
  }

  /** Jobs that were begun with names of options, as {@code --beam-size}, go on. */
  private static Map<String, String> withoutDashes(Map<String, String> settings) {
    Map<String, String> names = new TreeMap<>();
    settings.forEach((name, value) -> names.put(name.replaceFirst("^--", ""), value));
    return names;
  }

  static Journal of(Map<String, String> settings, Shard shard, List<Task> inputs) {
    return new Journal(VERSION, settings, shard.toString(), inputs);
  }

  /** Returns what is not as it was when the job was begun, in words; empty if the job can go on. */
  Optional<String> difference(Journal now) {
    if (version != now.version) {
      return Optional.of("its journal has version " + version + ", this program's " + now.version);
    }
    TreeSet<String> names = new TreeSet<>(settings.keySet());
    names.addAll(now.settings.keySet());
    for (String name : names) {
      String before = settings.get(name);
      String after = now.settings.get(name);
      // The answer to failures has not mattered as long as a failure ended the job.
      boolean mayChange = name.equals(ON_ERROR) && "fail".equals(before);
      if (!Objects.equals(before, after) && !mayChange) {
        return Optional.of(
            shownName(name) + " was " + shown(before) + " and is now " + shown(after));
      }
    }
    return inputDifference(now);
  }

  private Optional<String> inputDifference(Journal now) {
    Map<String, Task> before = new HashMap<>();
    inputs.forEach(task -> before.put(task.output(), task));
    for (Task task : now.inputs) {
      Task old = before.remove(task.output());
      if (old == null) {
        return Optional.of("the input " + task.input() + " was not there");
      }
      if (old.bytes() != task.bytes()) {
        return Optional.of(
            "the input %s had %,d bytes and has now %,d"
                .formatted(task.input(), old.bytes(), task.bytes()));
      }
      if (!old.sha256().equals(task.sha256())) {
        return Optional.of("the input " + task.input() + " has another content");
      }
    }
    if (!before.isEmpty()) {
      return Optional.of("the input " + before.values().iterator().next().input() + " is missing");
    }
    List<String> order = inputs.stream().map(Task::output).toList();
    return order.equals(now.inputs.stream().map(Task::output).toList())
        ? Optional.empty()
        : Optional.of("the inputs are in another order");
  }

  private static String shownName(String name) {
    return name.startsWith("the ") ? name : "the setting " + name;
  }

  private static String shown(String value) {
    return value == null ? "not given" : value;
  }

  /** Returns the number of records of all inputs. */
  long records() {
    return inputs.stream().mapToLong(Task::records).sum();
  }
}
