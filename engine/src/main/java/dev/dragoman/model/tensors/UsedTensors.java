// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.OneLine;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tensors, and which of them a reader has used: what is left over is a part of the model that the
 * reader does not know, and without which it would translate something else.
 */
public final class UsedTensors implements TensorFile {

  private final TensorFile tensors;
  private final Set<String> used = new HashSet<>();

  /** Watches over the tensors of a file, of which none has been used yet. */
  public UsedTensors(TensorFile tensors) {
    this.tensors = tensors;
  }

  @Override
  public Optional<HostTensor> find(String name) {
    used.add(name);
    return tensors.find(name);
  }

  @Override
  public Set<String> names() {
    return tensors.names();
  }

  @Override
  public Path file() {
    return tensors.file();
  }

  /**
   * Refuses a file that has more than was used.
   *
   * @param known names of what is no weight, or changes no translation
   * @throws ModelFormatException naming the first that is left over
   */
  public void refuseOthers(Set<String> known) {
    Set<String> others = new TreeSet<>(names());
    others.removeAll(used);
    others.removeAll(known);
    if (!others.isEmpty()) {
      throw new ModelFormatException(
          "%s: %s is not supported".formatted(file(), OneLine.of(others.iterator().next())));
    }
  }
}
