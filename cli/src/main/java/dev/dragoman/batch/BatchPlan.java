// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.Translation;
import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What there is to translate.
 *
 * @param tasks inputs and outputs, in order
 * @param format of the inputs
 */
public record BatchPlan(List<Task> tasks, RecordFormat format) {

  /**
   * What the user named.
   *
   * @param inputs files, folders and patterns
   * @param lists files with names of files
   */
  public record Inputs(List<String> inputs, List<Path> lists) {}

  /**
   * Tells where the outputs go.
   *
   * @param compression of all of them; empty for each input's own
   */
  public record Outputs(Path folder, Optional<Compression> compression) {}

  /** Inputs that cannot be used; nothing has been begun. */
  public static final class BadInputsException extends IOException {
    private static final long serialVersionUID = 1;
    private final List<String> problems;

    BadInputsException(List<String> problems) {
      super(
          (problems.size() == 1 ? "one problem" : problems.size() + " problems")
              + " with the inputs; nothing was begun");
      this.problems = List.copyOf(problems);
    }

    /** Returns what is wrong with the inputs, each problem in one line. */
    public List<String> problems() {
      return problems;
    }
  }

  /**
   * Finds and reads all inputs.
   *
   * @param listener hears how far they have been read
   * @throws BadInputsException if any of them cannot be used
   */
  public static BatchPlan of(
      Inputs inputs, Outputs outputs, RecordFormat format, InputReadingListener listener)
      throws IOException {
    InputFinder finder = new InputFinder(outputs.folder());
    for (String input : inputs.inputs()) {
      finder.add(input);
    }
    for (Path list : inputs.lists()) {
      finder.addList(list);
    }
    List<NamedOutput> named =
        finder.found().stream().map(file -> NamedOutput.of(file, outputs.compression())).toList();
    List<String> problems = new ArrayList<>(finder.problems());
    problems.addAll(NamedOutput.collisions(named));
    Inventory inventory = new Inventory(format, listener);
    List<Task> tasks = inventory.tasks(named);
    problems.addAll(inventory.problems());
    if (!problems.isEmpty()) {
      throw new BadInputsException(problems);
    }
    if (tasks.isEmpty()) {
      throw new BatchException("there is no input");
    }
    return new BatchPlan(tasks, format);
  }

  /** Returns the number of records of all inputs. */
  public long records() {
    return tasks.stream().mapToLong(Task::records).sum();
  }

  /**
   * One line of a list of the work.
   *
   * @param records that are translated of it
   */
  public record Row(String input, String output, long records) {}

  /** Returns what a shard has to do. */
  public List<Row> rows(Shard shard) {
    return Slice.of(tasks, shard).stream()
        .map(slice -> new Row(slice.task().input(), slice.task().output(), slice.records()))
        .toList();
  }

  /**
   * Translates the first records for some time.
   *
   * @return records in a second
   */
  public double measure(
      Shard shard, Function<String, CompletableFuture<Translation>> translator, Duration time)
      throws IOException {
    try (RecordSource source = new RecordSource(Slice.of(tasks, shard), format, 0);
        OrderedPipeline<Item, Translation> pipeline =
            OrderedPipeline.start(source, translator, OrderedPipeline.CHARACTERS)) {
      long start = System.nanoTime();
      long[] records = new long[1];
      pipeline.forEach(
          line -> {
            records[0] += line.origin() instanceof Item.Text text && text.isLast() ? 1 : 0;
            if (System.nanoTime() - start > time.toNanos()) {
              pipeline.stop();
            }
          });
      return records[0] / ((System.nanoTime() - start) * 1e-9);
    }
  }
}
