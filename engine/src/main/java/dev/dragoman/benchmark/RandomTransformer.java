// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Decoder;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Encoder;
import dev.dragoman.model.TransformerWeights.Norm;
import dev.dragoman.model.tensors.Sinusoids;
import dev.dragoman.text.BlankTokenizer;
import dev.dragoman.text.SourceTokens;
import dev.dragoman.text.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Transformer of any size whose weights are drawn at random, the same ones each time: it computes
 * what a trained one would, so it is as fast, but what it says means nothing. One table serves as
 * source and target embedding and as output, norms stand after each sublayer, as in the paper.
 *
 * <p>The deviation of a weight is 1/√inputs, so that every product of normalized numbers has
 * numbers of about 1, which float16 holds easily.
 */
public final class RandomTransformer {
  private static final int END = 0;
  private static final int UNKNOWN = 1;

  /** The positions that most models for translation have. */
  private static final int POSITIONS = 512;

  private final TransformerShape shape;
  private final SplittableRandom random;

  private RandomTransformer(TransformerShape shape, long seed) {
    this.shape = shape;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Returns a model of this shape; it takes pieces {@code w5} with blanks between them for text.
   */
  public static Model of(TransformerShape shape, long seed) {
    return new Model(config(shape), new RandomTransformer(shape, seed).weights(), tokenizer(shape));
  }

  private static ModelConfig config(TransformerShape shape) {
    int start = shape.vocabulary() - 1;
    return new ModelConfig(
        new Label(shape.name(), "random weights"),
        new Sizes(
            shape.width(),
            shape.encoder(),
            shape.decoder(),
            POSITIONS,
            shape.vocabulary(),
            shape.vocabulary()),
        new Variant(Activation.RELU, NormPlacement.POST, (float) Math.sqrt(shape.width())),
        new SpecialTokens(start, END, start, UNKNOWN, List.of(UNKNOWN, start)));
  }

  private static BlankTokenizer tokenizer(TransformerShape shape) {
    Map<String, Integer> ids =
        IntStream.range(0, shape.vocabulary())
            .boxed()
            .collect(Collectors.toMap(id -> "w" + id, Function.identity()));
    Vocabulary words = new Vocabulary(ids, shape.vocabulary());
    return new BlankTokenizer(
        new SourceTokens(words, List.of(), List.of(END), UNKNOWN), words, Set.of());
  }

  private TransformerWeights weights() {
    int width = shape.width();
    HostTensor embedding = matrix(shape.vocabulary(), width, width);
    RandomLayers layers = new RandomLayers(width, this::dense, this::norm);
    HostTensor positions = Sinusoids.table(POSITIONS, width);
    return new TransformerWeights(
        embedding,
        embedding,
        positions,
        positions,
        new Encoder(Optional.empty(), layers.encoder(shape.encoder()), Optional.empty()),
        new Decoder(Optional.empty(), layers.decoder(shape.decoder()), Optional.empty()),
        new Dense(embedding, constant(shape.vocabulary(), 0)));
  }

  private Norm norm() {
    return new Norm(constant(shape.width(), 1), constant(shape.width(), 0), 1e-5f);
  }

  private Dense dense(int outputs, int inputs) {
    return new Dense(matrix(outputs, inputs, inputs), matrix(outputs, 1, inputs));
  }

  /** Returns uniform numbers with deviation 1/√inputs. */
  private HostTensor matrix(int rows, int columns, int inputs) {
    Shape size = new Shape(rows, columns);
    float limit = (float) Math.sqrt(3.0 / inputs);
    ByteBuffer data = memory(size);
    FloatBuffer numbers = data.asFloatBuffer();
    while (numbers.hasRemaining()) {
      numbers.put((random.nextInt() * 0x1p-31f) * limit);
    }
    return new HostTensor("random", DataType.F32, size, data);
  }

  private static HostTensor constant(int count, float number) {
    Shape size = Shape.vector(count);
    ByteBuffer data = memory(size);
    FloatBuffer numbers = data.asFloatBuffer();
    while (numbers.hasRemaining()) {
      numbers.put(number);
    }
    return new HostTensor("constant", DataType.F32, size, data);
  }

  private static ByteBuffer memory(Shape size) {
    return ByteBuffer.allocate(size.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
