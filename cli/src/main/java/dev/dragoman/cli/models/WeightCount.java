// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.DecoderLayer;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.EncoderLayer;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The distinct tensors of a model; positions are not among them, they are most often computed. */
final class WeightCount {
  private final Set<HostTensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());

  private WeightCount() {}

  static WeightCount of(TransformerWeights weights) {
    WeightCount count = new WeightCount();
    count.tensors.add(weights.sourceEmbedding());
    count.tensors.add(weights.targetEmbedding());
    count.add(weights.encoder().embeddingNorm());
    weights.encoder().layers().forEach(count::add);
    count.add(weights.encoder().finalNorm());
    count.add(weights.decoder().embeddingNorm());
    weights.decoder().layers().forEach(count::add);
    count.add(weights.decoder().finalNorm());
    count.add(weights.output());
    return count;
  }

  /** Returns how many numbers they hold, each tensor once, however often it is used. */
  long parameters() {
    return tensors.stream().mapToLong(tensor -> tensor.shape().size()).sum();
  }

  /** Returns how most of the numbers are stored. */
  String type() {
    return tensors.stream()
        .collect(
            Collectors.groupingBy(
                HostTensor::type, Collectors.summingLong(tensor -> tensor.shape().size())))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .map(entry -> entry.getKey().label())
        .orElseThrow();
  }

  private void add(EncoderLayer layer) {
    add(layer.selfAttention());
    add(layer.selfAttentionNorm());
    add(layer.feedForward());
    add(layer.feedForwardNorm());
  }

  private void add(DecoderLayer layer) {
    add(layer.selfAttention());
    add(layer.selfAttentionNorm());
    add(layer.sourceAttention());
    add(layer.sourceAttentionNorm());
    add(layer.feedForward());
    add(layer.feedForwardNorm());
  }

  private void add(Attention attention) {
    add(attention.query());
    add(attention.key());
    add(attention.value());
    add(attention.output());
  }

  private void add(FeedForward feedForward) {
    add(feedForward.first());
    add(feedForward.second());
  }

  private void add(Dense dense) {
    tensors.add(dense.weight());
    tensors.add(dense.bias());
  }

  private void add(Norm norm) {
    tensors.add(norm.gain());
    tensors.add(norm.bias());
  }

  private void add(Optional<Norm> norm) {
    norm.ifPresent(this::add);
  }
}
