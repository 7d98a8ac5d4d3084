// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import dev.dragoman.operations.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The Transformer of "Attention Is All You Need" in float64, one sentence at a time, whole target
 * at once: no slots, no caches, no packing.
 */
final class ReferenceTransformer {
  private final ModelConfig config;
  private final TransformerWeights weights;

  ReferenceTransformer(ModelConfig config, TransformerWeights weights) {
    this.config = config;
    this.weights = weights;
  }

  /** Returns the scores of the word after each of the target's tokens: tokens × vocabulary. */
  RealMatrix logits(int[] source, int[] target) {
    List<RealMatrix> layers = decode(source, target);
    RealMatrix x = norm(weights.decoder().finalNorm(), layers.get(layers.size() - 1));
    return linear(weights.output(), x);
  }

  /**
   * Returns the embedded source, and what each layer of the encoder makes of it: tokens × width.
   */
  List<RealMatrix> encode(int[] source) {
    List<int[]> whole = everyRow(source.length, i -> Reference.range(0, source.length));
    RealMatrix x = embed(source, weights.sourceEmbedding(), weights.sourcePositions());
    List<RealMatrix> layers = new ArrayList<>(List.of(x));
    x = norm(weights.encoder().embeddingNorm(), x);
    int heads = config.sizes().encoder().heads();
    for (var layer : weights.encoder().layers()) {
      x =
          residual(
              x,
              layer.selfAttentionNorm(),
              y -> attend(layer.selfAttention(), new Attended(y, y, whole), heads));
      x = residual(x, layer.feedForwardNorm(), y -> feedForward(layer.feedForward(), y));
      layers.add(x);
    }
    return layers;
  }

  /**
   * Returns the embedded target, and what each layer of the decoder makes of it: tokens × width.
   */
  List<RealMatrix> decode(int[] source, int[] target) {
    List<RealMatrix> encoded = encode(source);
    RealMatrix memory = norm(weights.encoder().finalNorm(), encoded.get(encoded.size() - 1));
    List<int[]> whole = everyRow(target.length, i -> Reference.range(0, source.length));
    List<int[]> past = everyRow(target.length, i -> Reference.range(0, i + 1));
    RealMatrix x = embed(target, weights.targetEmbedding(), weights.targetPositions());
    List<RealMatrix> layers = new ArrayList<>(List.of(x));
    x = norm(weights.decoder().embeddingNorm(), x);
    int heads = config.sizes().decoder().heads();
    for (var layer : weights.decoder().layers()) {
      x =
          residual(
              x,
              layer.selfAttentionNorm(),
              y -> attend(layer.selfAttention(), new Attended(y, y, past), heads));
      x =
          residual(
              x,
              layer.sourceAttentionNorm(),
              y -> attend(layer.sourceAttention(), new Attended(y, memory, whole), heads));
      x = residual(x, layer.feedForwardNorm(), y -> feedForward(layer.feedForward(), y));
      layers.add(x);
    }
    return layers;
  }

  /**
   * Returns what the generated tokens were translated from: the average attention of the first
   * heads of the layer that the model names.
   *
   * @param tokens without the start token
   * @return tokens × source tokens
   */
  RealMatrix alignment(int[] source, int[] tokens) {
    int[] target = new int[tokens.length];
    target[0] = config.tokens().start();
    System.arraycopy(tokens, 0, target, 1, tokens.length - 1);
    List<RealMatrix> encoded = encode(source);
    RealMatrix memory = norm(weights.encoder().finalNorm(), encoded.get(encoded.size() - 1));
    int number = config.alignment().layer();
    RealMatrix below = decode(source, target).get(number);
    RealMatrix x = number == 0 ? norm(weights.decoder().embeddingNorm(), below) : below;
    var layer = weights.decoder().layers().get(number);
    List<int[]> past = everyRow(target.length, i -> Reference.range(0, i + 1));
    int heads = config.sizes().decoder().heads();
    RealMatrix y =
        residual(
            x,
            layer.selfAttentionNorm(),
            z -> attend(layer.selfAttention(), new Attended(z, z, past), heads));
    if (config.variant().normPlacement() == NormPlacement.PRE) {
      y = norm(Optional.of(layer.sourceAttentionNorm()), y);
    }
    RealMatrix queries = linear(layer.sourceAttention().query(), y);
    RealMatrix keys = linear(layer.sourceAttention().key(), memory);
    RealMatrix average = MatrixUtils.createRealMatrix(tokens.length, source.length);
    int width = config.sizes().width() / heads;
    for (int head = 0; head < config.alignment().heads(); head++) {
      RealMatrix ofHead =
          keys.getSubMatrix(0, source.length - 1, head * width, (head + 1) * width - 1);
      for (int row = 0; row < tokens.length; row++) {
        var query = queries.getRowVector(row).getSubVector(head * width, width);
        var weights = Reference.attentionWeights(query, ofHead);
        average.setRowVector(
            row, average.getRowVector(row).add(weights.mapDivide(config.alignment().heads())));
      }
    }
    return average;
  }

  private RealMatrix residual(RealMatrix x, Norm norm, UnaryOperator<RealMatrix> sublayer) {
    return config.variant().normPlacement() == NormPlacement.POST
        ? norm(Optional.of(norm), x.add(sublayer.apply(x)))
        : x.add(sublayer.apply(norm(Optional.of(norm), x)));
  }

  /** Who asks, who is asked, and which rows each asker sees. */
  private record Attended(RealMatrix queries, RealMatrix memory, List<int[]> visible) {}

  private static RealMatrix attend(Attention weights, Attended rows, int heads) {
    RealMatrix context =
        Reference.attention(
            linear(weights.query(), rows.queries),
            linear(weights.key(), rows.memory),
            linear(weights.value(), rows.memory),
            rows.visible,
            heads);
    return linear(weights.output(), context);
  }

  private RealMatrix feedForward(FeedForward weights, RealMatrix x) {
    RealMatrix inner =
        Reference.map(
            linear(weights.first(), x), Reference.activation(config.variant().activation()));
    return linear(weights.second(), inner);
  }

  private RealMatrix embed(int[] ids, HostTensor tokens, HostTensor positions) {
    RealMatrix table = matrix(tokens);
    RealMatrix x = MatrixUtils.createRealMatrix(ids.length, config.sizes().width());
    for (int i = 0; i < ids.length; i++) {
      x.setRowVector(i, table.getRowVector(ids[i]).mapMultiply(config.variant().embeddingScale()));
    }
    return x.add(matrix(positions).getSubMatrix(0, ids.length - 1, 0, config.sizes().width() - 1));
  }

  private static RealMatrix norm(Optional<Norm> norm, RealMatrix x) {
    return norm.map(
            n ->
                Reference.layerNorm(
                    x,
                    Reference.vector(n.gain().floats()),
                    Reference.vector(n.bias().floats()),
                    n.epsilon()))
        .orElse(x);
  }

  private static RealMatrix linear(Dense dense, RealMatrix x) {
    return Reference.linear(x, matrix(dense.weight()), Reference.vector(dense.bias().floats()));
  }

  private static RealMatrix matrix(HostTensor tensor) {
    return Reference.matrix(tensor.floats(), tensor.shape().rows(), tensor.shape().columns());
  }

  private static List<int[]> everyRow(int rows, IntFunction<int[]> visible) {
    return IntStream.range(0, rows).mapToObj(visible).toList();
  }
}
