// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several equal parts of a job, by lines.
 *
 * @param index from 1
 * @param count of all
 */
public record Shard(int index, int count) {
  private static final Pattern EXPLICIT = Pattern.compile("([0-9]{1,5})/([0-9]{1,5})");
  private static final Pattern FROM_ENVIRONMENT = Pattern.compile("auto(?:/([0-9]{1,5}))?");

  /** The whole job. */
  public static final Shard ALL = new Shard(1, 1);

  /**
   * Refuses a part that is not one.
   *
   * @throws IllegalArgumentException if the index is not from 1 to the count
   */
  public Shard {
    if (index < 1 || index > count) {
      throw new IllegalArgumentException(
          "the setting shard is K/N with K from 1 to N, not " + index + "/" + count);
    }
  }

  /**
   * Understands {@code 3/16}, and {@code auto} or {@code auto/16}, which ask the environment: the
   * array variables of Slurm and the completion index of Kubernetes.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Shard parse(String text, Map<String, String> environment) {
    Matcher explicit = EXPLICIT.matcher(text);
    if (explicit.matches()) {
      return new Shard(Integer.parseInt(explicit.group(1)), Integer.parseInt(explicit.group(2)));
    }
    Matcher auto = FROM_ENVIRONMENT.matcher(text);
    if (!auto.matches()) {
      throw new IllegalArgumentException(
          "the setting shard is K/N, auto or auto/N, not '" + text + "'");
    }
    if (environment.containsKey("SLURM_ARRAY_TASK_ID")) {
      int step = number(environment, "SLURM_ARRAY_TASK_STEP", "1");
      int first = number(environment, "SLURM_ARRAY_TASK_MIN", "1");
      int index = (number(environment, "SLURM_ARRAY_TASK_ID", "") - first) / Math.max(1, step) + 1;
      return new Shard(
          index, count(auto.group(1), environment.get("SLURM_ARRAY_TASK_COUNT"), "Slurm"));
    }
    if (environment.containsKey("JOB_COMPLETION_INDEX")) {
      int index = number(environment, "JOB_COMPLETION_INDEX", "") + 1;
      return new Shard(index, count(auto.group(1), environment.get("COMPLETIONS"), "Kubernetes"));
    }
    throw new IllegalArgumentException(
        "the setting shard="
            + text
            + ": neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set");
  }

  private static int count(String given, String known, String who) {
    String count = given != null ? given : known;
    if (count == null || !count.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "the setting shard=auto: "
              + who
              + " does not say how many there are; use the setting shard=auto/N");
    }
    return Integer.parseInt(count);
  }

  private static int number(Map<String, String> environment, String name, String usual) {
    String value = environment.getOrDefault(name, usual);
    if (!value.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(name + " is not a number: '" + value + "'");
    }
    return Integer.parseInt(value);
  }

  /** Says whether it is the whole job. */
  boolean isAll() {
    return count == 1;
  }

  /** Returns the first of so many records that is this shard's. */
  long first(long records) {
    return bound(index - 1, records);
  }

  /** Returns the record after the last. */
  long end(long records) {
    return bound(index, records);
  }

  private long bound(int shards, long records) {
    return Math.floorDiv(records, count) * shards
        + Math.floorMod(records, (long) count) * shards / count;
  }

  /** Returns the name of its folder. */
  String folder() {
    return isAll() ? "job" : String.format(Locale.ROOT, "shard-%d-of-%d", index, count);
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
