// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Device;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Tensor;

/**
 * The half of multi-head attention (section 3.2.2) that follows the projections: Concat(head₁, …,
 * head_h)·W^O with head_i = softmax(Q_i·K_iᵀ/√d_k + mask)·V_i.
 *
 * @param queryBias of the projection of queries, width × 1
 * @param output W^O
 * @param heads h
 */
record MultiHeadAttention(Tensor queryBias, Linear output, int heads) {

  /**
   * Queries attend to {@code keyValues} as far as the mask lets them; the result is {@code
   * a.sublayer()}.
   */
  void apply(Device device, KeyValueCache keyValues, Mask mask, Activations a) {
    device.attend(inputs(keyValues, mask, a), a.context());
    device.linear(a.context(), output, a.sublayer());
  }

  /** Attends in the same way to the source, and keeps the weights. */
  void applyAndKeep(
      Device device,
      KeyValueCache keyValues,
      Mask.Source mask,
      AttentionHistory history,
      Activations a) {
    device.attendAndKeep(inputs(keyValues, mask, a), history, a.context());
    device.linear(a.context(), output, a.sublayer());
  }

  private AttentionInputs inputs(KeyValueCache keyValues, Mask mask, Activations a) {
    return new AttentionInputs(
        a.queries(), queryBias, keyValues.keys(), keyValues.values(), mask, heads);
  }
}
