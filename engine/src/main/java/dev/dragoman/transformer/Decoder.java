// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Binding;
import dev.dragoman.device.Device;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.Optional;

/**
 * The decoder: embedding, N layers, norms where the model has them, and the projection to the
 * words.
 */
record Decoder(
    EmbeddingTable embedding,
    Optional<LayerNorm> embeddingNorm,
    List<DecoderLayer> layers,
    Optional<LayerNorm> finalNorm,
    OutputWords output) {

  /**
   * Gives the encoder's output in {@code a.x()} to the slots of the binding, projected for every
   * layer.
   */
  void bind(Device device, Binding binding, List<DecoderLayer.Cache> caches, Activations a) {
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).sourceAttention().bind(device, binding, caches.get(i).source(), a);
    }
  }

  /** Feeds one token of each row; {@code a.x()} is what words are chosen by then. */
  void step(
      Device device, TokenRows.Decoding tokens, List<DecoderLayer.Cache> caches, Activations a) {
    device.embed(tokens, embedding, a.x());
    embeddingNorm.ifPresent(norm -> device.norm(a.x(), norm, a.x()));
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).apply(device, tokens, caches.get(i), a);
    }
    finalNorm.ifPresent(norm -> device.norm(a.x(), norm, a.x()));
  }
}
