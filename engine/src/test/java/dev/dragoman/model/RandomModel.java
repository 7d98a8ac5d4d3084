package dev.dragoman.model;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.Decoder;
import dev.dragoman.model.TransformerWeights.DecoderLayer;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Encoder;
import dev.dragoman.model.TransformerWeights.EncoderLayer;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Weights of any shape, drawn at random, for tests that need no language. */
public final class RandomModel {
  private final ModelConfig config;
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

  private RandomModel(ModelConfig config, Set<Part> parts, long seed) {
    this.config = config;
    this.parts = parts;
    this.random = new Random(seed);
  }

  /** Weights for this configuration. */
  public static TransformerWeights weights(ModelConfig config, Set<Part> parts, long seed) {
    return new RandomModel(config, parts, seed).weights();
  }

  private TransformerWeights weights() {
    boolean tied = parts.contains(Part.TIED_EMBEDDINGS);
    int width = config.sizes().width();
    HostTensor source = tensor(config.sizes().sourceVocabulary(), width, 1);
    HostTensor target = tied ? source : tensor(config.sizes().targetVocabulary(), width, 1);
    Dense output = dense(config.sizes().targetVocabulary(), width);
    return new TransformerWeights(
        source,
        target,
        tensor(config.sizes().maxPositions(), width, 1),
        tensor(config.sizes().maxPositions(), width, 1),
        new Encoder(
            norm(Part.EMBEDDING_NORMS),
            Stream.generate(this::encoderLayer).limit(config.sizes().encoder().layers()).toList(),
            norm(Part.FINAL_NORMS)),
        new Decoder(
            norm(Part.EMBEDDING_NORMS),
            Stream.generate(this::decoderLayer).limit(config.sizes().decoder().layers()).toList(),
            norm(Part.FINAL_NORMS)),
        tied ? new Dense(target, output.bias()) : output);
  }

  private EncoderLayer encoderLayer() {
    return new EncoderLayer(
        attention(), norm(), feedForward(config.sizes().encoder().feedForward()), norm());
  }

  private DecoderLayer decoderLayer() {
    return new DecoderLayer(
        attention(),
        norm(),
        attention(),
        norm(),
        feedForward(config.sizes().decoder().feedForward()),
        norm());
  }

  private Attention attention() {
    int width = config.sizes().width();
    return new Attention(
        dense(width, width), dense(width, width), dense(width, width), dense(width, width));
  }

  private FeedForward feedForward(int inner) {
    return new FeedForward(
        dense(inner, config.sizes().width()), dense(config.sizes().width(), inner));
  }

  private Optional<Norm> norm(Part part) {
    return parts.contains(part) ? Optional.of(norm()) : Optional.empty();
  }

  private Norm norm() {
    return new Norm(
        tensor(config.sizes().width(), 1, 1), tensor(config.sizes().width(), 1, 0.5), 1e-5f);
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
