// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.benchmark.RandomLayers;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.TransformerWeights.Decoder;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Encoder;
import dev.dragoman.model.TransformerWeights.Norm;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Weights of any shape, drawn at random, for tests that need no language. */
public final class RandomModel {
  private final Sizes sizes;
  private final Set<Part> parts;
  private final Random random;

  /** What only some models have. */
  public enum Part {
    /** Norms after the embeddings. */
    EMBEDDING_NORMS,
    /** Norms after the last layers. */
    FINAL_NORMS,
    /** One table for source, target and output words. */
    TIED_EMBEDDINGS
  }

  private RandomModel(Sizes sizes, Set<Part> parts, long seed) {
    this.sizes = sizes;
    this.parts = parts;
    this.random = new Random(seed);
  }

  /** Returns weights for a configuration. */
  public static TransformerWeights weights(ModelConfig config, Set<Part> parts, long seed) {
    return new RandomModel(config.sizes(), parts, seed).weights();
  }

  private TransformerWeights weights() {
    boolean tied = parts.contains(Part.TIED_EMBEDDINGS);
    int width = sizes.width();
    RandomLayers layers = new RandomLayers(width, this::dense, this::norm);
    HostTensor source = tensor(sizes.sourceVocabulary(), width, 1);
    HostTensor target = tied ? source : tensor(sizes.targetVocabulary(), width, 1);
    Dense output = dense(sizes.targetVocabulary(), width);
    return new TransformerWeights(
        source,
        target,
        tensor(sizes.maxPositions(), width, 1),
        tensor(sizes.maxPositions(), width, 1),
        new Encoder(
            norm(Part.EMBEDDING_NORMS), layers.encoder(sizes.encoder()), norm(Part.FINAL_NORMS)),
        new Decoder(
            norm(Part.EMBEDDING_NORMS), layers.decoder(sizes.decoder()), norm(Part.FINAL_NORMS)),
        tied ? new Dense(target, output.bias()) : output);
  }

  private Optional<Norm> norm(Part part) {
    return parts.contains(part) ? Optional.of(norm()) : Optional.empty();
  }

  private Norm norm() {
    return new Norm(tensor(sizes.width(), 1, 1), tensor(sizes.width(), 1, 0.5), 1e-5f);
  }

  private Dense dense(int outputs, int inputs) {
    return new Dense(tensor(outputs, inputs, 1.5 / Math.sqrt(inputs)), tensor(outputs, 1, 0.5));
  }

  private HostTensor tensor(int rows, int columns, double deviation) {
    float[] numbers = new float[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (random.nextGaussian() * deviation);
    }
    return HostTensor.of("random", new Shape(rows, columns), numbers);
  }
}
