// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.Optional;

/** The encoder: embedding, N layers, and norms before and after them where the model has them. */
record Encoder(
    EmbeddingTable embedding,
    Optional<LayerNorm> embeddingNorm,
    List<EncoderLayer> layers,
    Optional<LayerNorm> finalNorm) {

  /** Encodes sentences packed end to end into {@code a.x()}. */
  void encode(Device device, TokenRows.Packed tokens, Activations a) {
    device.embed(tokens, embedding, a.x());
    embeddingNorm.ifPresent(norm -> device.norm(a.x(), norm, a.x()));
    for (EncoderLayer layer : layers) {
      layer.apply(device, tokens, a);
    }
    finalNorm.ifPresent(norm -> device.norm(a.x(), norm, a.x()));
  }
}
