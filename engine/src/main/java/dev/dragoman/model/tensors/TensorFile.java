// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelFormatException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Tensors by name, wherever they are stored. */
public interface TensorFile {

  /**
   * Returns the tensor of this name; a one-dimensional one is a column. The same name gives the
   * same object.
   *
   * @throws ModelFormatException if it is stored in a way that is not supported
   */
  Optional<HostTensor> find(String name);

  /** Returns the names of all tensors. */
  Set<String> names();

  /** Returns the file itself, or the one that lists its parts, for messages. */
  Path file();
}
