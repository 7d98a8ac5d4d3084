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
  public static TransformerWeights of(TransformerWeights weights, Path file) {
    ModelFiles.requireMemory(file, 2L * weights.targetEmbedding().data().limit());
    HostTensor target = Tensors.withZeroRow(weights.targetEmbedding());
    Dense output = weights.output();
    return weights.withTables(
        weights.hasOneTable() ? target : weights.sourceEmbedding(),
        target,
        new Dense(
            weights.hasTiedOutput() ? target : Tensors.withZeroRow(output.weight()),
            Tensors.withZeroRow(output.bias())));
  }
}
