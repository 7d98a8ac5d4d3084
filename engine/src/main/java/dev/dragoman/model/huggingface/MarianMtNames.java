// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.DecoderLayer;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.EncoderLayer;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives weights the names that Hugging Face's MarianMT has for them: what MarianMtWeights reads.
 */
final class MarianMtNames {

  private final Map<String, HostTensor> named = new LinkedHashMap<>();

  private MarianMtNames() {}

  /**
   * Returns all weights of a model by name, each once.
   *
   * @param positions whether the tables of positions are among them
   */
  static Map<String, HostTensor> of(TransformerWeights weights, MarianMtPositions positions) {
    MarianMtNames names = new MarianMtNames();
    names.tables(weights);
    if (positions == MarianMtPositions.STORED) {
      names.named.put("model.encoder.embed_positions.weight", weights.sourcePositions());
      names.named.put("model.decoder.embed_positions.weight", weights.targetPositions());
    }
    weights
        .encoder()
        .embeddingNorm()
        .ifPresent(norm -> names.norm("model.encoder.layernorm_embedding", norm));
    names.encoder(weights.encoder().layers());
    weights.encoder().finalNorm().ifPresent(norm -> names.norm("model.encoder.layer_norm", norm));
    weights
        .decoder()
        .embeddingNorm()
        .ifPresent(norm -> names.norm("model.decoder.layernorm_embedding", norm));
    names.decoder(weights.decoder().layers());
    weights.decoder().finalNorm().ifPresent(norm -> names.norm("model.decoder.layer_norm", norm));
    return names.named;
  }

  private void tables(TransformerWeights weights) {
    if (weights.hasOneTable()) {
      named.put(MarianMtWeights.SHARED, weights.sourceEmbedding());
    } else {
      named.put(MarianMtWeights.ENCODER_TABLE, weights.sourceEmbedding());
      named.put(MarianMtWeights.DECODER_TABLE, weights.targetEmbedding());
    }
    if (!weights.hasTiedOutput()) {
      named.put(MarianMtWeights.OUTPUT, weights.output().weight());
    }
    HostTensor bias = weights.output().bias();
    Shape row = new Shape(1, bias.shape().rows());
    named.put(
        MarianMtWeights.OUTPUT_BIAS, new HostTensor(bias.name(), bias.type(), row, bias.data()));
  }

  private void encoder(List<EncoderLayer> layers) {
    for (int i = 0; i < layers.size(); i++) {
      String prefix = "model.encoder.layers." + i + ".";
      EncoderLayer layer = layers.get(i);
      attention(prefix + "self_attn", layer.selfAttention());
      norm(prefix + "self_attn_layer_norm", layer.selfAttentionNorm());
      feedForward(prefix, layer.feedForward());
      norm(prefix + "final_layer_norm", layer.feedForwardNorm());
    }
  }

  private void decoder(List<DecoderLayer> layers) {
    for (int i = 0; i < layers.size(); i++) {
      String prefix = "model.decoder.layers." + i + ".";
      DecoderLayer layer = layers.get(i);
      attention(prefix + "self_attn", layer.selfAttention());
      norm(prefix + "self_attn_layer_norm", layer.selfAttentionNorm());
      attention(prefix + "encoder_attn", layer.sourceAttention());
      norm(prefix + "encoder_attn_layer_norm", layer.sourceAttentionNorm());
      feedForward(prefix, layer.feedForward());
      norm(prefix + "final_layer_norm", layer.feedForwardNorm());
    }
  }

  private void attention(String name, Attention attention) {
    dense(name + ".q_proj", attention.query());
    dense(name + ".k_proj", attention.key());
    dense(name + ".v_proj", attention.value());
    dense(name + ".out_proj", attention.output());
  }

  private void feedForward(String prefix, FeedForward feedForward) {
    dense(prefix + "fc1", feedForward.first());
    dense(prefix + "fc2", feedForward.second());
  }

  private void dense(String name, Dense dense) {
    named.put(name + ".weight", dense.weight());
    named.put(name + ".bias", dense.bias());
  }

  private void norm(String name, Norm norm) {
    named.put(name + ".weight", norm.gain());
    named.put(name + ".bias", norm.bias());
  }
}
