// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An entry of the {@link Catalogue}.
 *
 * @param name the method of {@link dev.dragoman.device.Device}, and the form if it has several
 * @param ofSizes the case that occurs in a Transformer of some sizes
 * @param special cases that must be right, too
 */
public record Operation(
    String name, Function<Sizes, OperationCase> ofSizes, List<? extends OperationCase> special) {

  /** Makes an operation without special cases. */
  Operation(String name, Function<Sizes, OperationCase> ofSizes) {
    this(name, ofSizes, List.of());
  }

  /** Returns the case that occurs in a Transformer of these sizes. */
  public OperationCase at(Sizes sizes) {
    return ofSizes.apply(sizes);
  }

  /** Returns all cases that a device must get right. */
  public List<OperationCase> cases() {
    return Stream.concat(Sizes.COMPARED.stream().map(this::at), special.stream()).toList();
  }
}
