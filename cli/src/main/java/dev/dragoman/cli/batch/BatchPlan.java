package dev.dragoman.cli.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** Inputs that cannot be used; nothing has been begun. */
  public static final class BadInputsException extends IOException {
    private static final long serialVersionUID = 1;
    private final List<String> problems;

    BadInputsException(List<String> problems) {
      super(problems.size() + " problems with the inputs; nothing was begun");
      this.problems = List.copyOf(problems);
    }

    /** Each in one line. */
    public List<String> problems() {
      return problems;
    }
  }

  /**
   * Finds and reads all inputs.
   *
   * @param compression of the outputs; empty for each input's own
   * @throws BadInputsException if any of them cannot be used
   */
  public static BatchPlan of(
      Inputs inputs, Path outputFolder, RecordFormat format, Optional<Compression> compression)
      throws IOException {
    InputFinder finder = new InputFinder(outputFolder);
    for (String input : inputs.inputs()) {
      finder.add(input);
    }
    for (Path list : inputs.lists()) {
      finder.addList(list);
    }
    List<NamedOutput> named =
        finder.found().stream().map(file -> NamedOutput.of(file, compression)).toList();
    List<String> problems = new ArrayList<>(finder.problems());
    problems.addAll(NamedOutput.collisions(named));
    Inventory inventory = new Inventory(format);
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

  /** Records of all inputs. */
  public long records() {
    return tasks.stream().mapToLong(Task::records).sum();
  }
}
