// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.files.ModelFiles;
import java.nio.file.Path;

/**
 * Marian's decoders start from a vector of zeros, not from a token. Here, as in MarianMT, that is
 * the token after the last: its embedding is zero, and it is never chosen.
 */
public final class ZeroStart {

  private ZeroStart() {}

  /**
   * Returns the weights with that token added.
   *
   * @param file where they come from, for messages
   */
  @SuppressWarnings("ReferenceEquality") // tied tables are the same object
  public static TransformerWeights of(TransformerWeights weights, Path file) {
    HostTensor table = weights.targetEmbedding();
    ModelFiles.requireMemory(file, 2L * table.data().limit());
    HostTensor target = Tensors.withZeroRow(table);
    HostTensor product = weights.output().weight();
    return new TransformerWeights(
        weights.sourceEmbedding() == table ? target : weights.sourceEmbedding(),
        target,
        weights.sourcePositions(),
        weights.targetPositions(),
        weights.encoder(),
        weights.decoder(),
        new Dense(
            product == table ? target : Tensors.withZeroRow(product),
            Tensors.withZeroRow(weights.output().bias())));
  }
}
