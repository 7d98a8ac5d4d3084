// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.tensors.Sinusoids;
import java.util.Arrays;

/** The origin of a MarianMT model's positions. */
enum MarianMtPositions {
  /** They are Marian's sinusoids, computed when the model is read. */
  SINUSOIDS,
  /** They lie among the weights. */
  STORED;

  /** Returns sinusoids, if the tables are exactly those. */
  static MarianMtPositions of(TransformerWeights weights) {
    return isSinusoids(weights.sourcePositions()) && isSinusoids(weights.targetPositions())
        ? SINUSOIDS
        : STORED;
  }

  private static boolean isSinusoids(HostTensor table) {
    HostTensor expected = Sinusoids.table(table.shape().rows(), table.shape().columns());
    return Arrays.equals(expected.floats(), table.floats());
  }
}
