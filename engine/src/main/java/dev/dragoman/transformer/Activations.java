// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;

/**
 * The intermediate results of a layer, written again by each; one row for each token.
 *
 * @param x tokens × width: what goes from layer to layer
 * @param normalized tokens × width: what a sublayer reads where norms stand before it
 * @param queryKeyValue tokens × 3·width: the three projections side by side
 * @param context tokens × width: the heads' results side by side
 * @param sublayer tokens × width: what a sublayer gives
 */
record Activations(
    Tensor x, Tensor normalized, Tensor queryKeyValue, Tensor context, Tensor sublayer) {

  static Activations allocate(Device device, int tokens, int width) {
    DataType type = device.capacity().activations();
    Shape shape = new Shape(tokens, width);
    return new Activations(
        device.allocate(type, shape),
        device.allocate(type, shape),
        device.allocate(type, new Shape(tokens, 3 * width)),
        device.allocate(type, shape),
        device.allocate(type, shape));
  }

  /** Returns the first {@code count} rows of each. */
  Activations rows(int count) {
    return new Activations(
        x.rows(count),
        normalized.rows(count),
        queryKeyValue.rows(count),
        context.rows(count),
        sublayer.rows(count));
  }

  int width() {
    return x.shape().columns();
  }

  /** Returns the queries, tokens × width. */
  Tensor queries() {
    return queryKeyValue.columns(0, width());
  }

  /** Returns the keys, tokens × width. */
  Tensor keys() {
    return queryKeyValue.columns(width(), width());
  }

  /** Returns the values, tokens × width. */
  Tensor values() {
    return queryKeyValue.columns(2 * width(), width());
  }

  /** Returns keys and values side by side, tokens × 2·width. */
  Tensor keysAndValues() {
    return queryKeyValue.columns(width(), 2 * width());
  }
}
