// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.device.Activation;
import java.util.List;
import java.util.OptionalInt;

/**
 * Everything about a model that is not a weight and changes its translations. Each format's reader
 * fills it from the model's own files; nothing in it is a guess.
 *
 * @param label what messages call it
 * @param sizes of its parts
 * @param variant which of the Transformer's variants it is
 * @param tokens the ids with a meaning of their own
 * @param alignment whose attention says what a word was translated from
 */
public record ModelConfig(
    Label label, Sizes sizes, Variant variant, SpecialTokens tokens, Alignment alignment) {

  /**
   * What messages call a model.
   *
   * @param name usually its folder's name
   * @param format how it is stored: {@code Hugging Face MarianMT}
   */
  public record Label(String name, String format) {}

  /**
   * The sizes of a model's parts.
   *
   * @param width d_model
   * @param encoder the encoder's stack
   * @param decoder the decoder's stack
   * @param maxPositions the longest source and target, in tokens
   * @param sourceVocabulary rows of the source embedding
   * @param targetVocabulary rows of the target embedding and outputs of the model
   */
  public record Sizes(
      int width,
      Stack encoder,
      Stack decoder,
      int maxPositions,
      int sourceVocabulary,
      int targetVocabulary) {}

  /**
   * A stack of equal layers.
   *
   * @param layers N
   * @param heads h, which divides the width
   * @param feedForward d_ff
   */
  public record Stack(int layers, int heads, int feedForward) {}

  /**
   * What Transformers of the same sizes compute differently.
   *
   * @param activation of the feed-forward layers
   * @param normPlacement where the layer normalizations stand
   * @param embeddingScale what token embeddings are multiplied by: √width or 1
   */
  public record Variant(Activation activation, NormPlacement normPlacement, float embeddingScale) {}

  /** The place of a layer's normalizations. */
  public enum NormPlacement {
    /** LayerNorm(x + sublayer(x)), as in the paper. */
    POST,
    /** x + sublayer(LayerNorm(x)). */
    PRE
  }

  /**
   * Token ids with a meaning of their own.
   *
   * @param start fed to the decoder first
   * @param end EOS, in the source and in the target vocabulary
   * @param pad never chosen; -1 where the model has none
   * @param unknown stands for pieces that the vocabulary lacks
   * @param suppressed target tokens that are never chosen, the padding token among them
   * @param first the token with which every translation begins, most often the target language's;
   *     empty for models of one language
   */
  public record SpecialTokens(
      int start, int end, int pad, int unknown, List<Integer> suppressed, OptionalInt first) {

    /** Makes those of a model whose translations may begin with any token. */
    public SpecialTokens(int start, int end, int pad, int unknown, List<Integer> suppressed) {
      this(start, end, pad, unknown, suppressed, OptionalInt.empty());
    }

    /** Returns the same with a first token. */
    SpecialTokens withFirst(int token) {
      return new SpecialTokens(start, end, pad, unknown, suppressed, OptionalInt.of(token));
    }
  }

  /**
   * The encoder-decoder attention that is given out as alignment.
   *
   * @param layer of the decoder, from 0
   * @param heads its weights are averaged over so many heads, the first ones
   */
  public record Alignment(int layer, int heads) {

    /** Returns what Marian and CTranslate2 take unless told: the last layer's first head. */
    public static Alignment usual(Stack decoder) {
      return new Alignment(decoder.layers() - 1, 1);
    }
  }

  /** Makes one with the usual alignment. */
  public ModelConfig(Label label, Sizes sizes, Variant variant, SpecialTokens tokens) {
    this(label, sizes, variant, tokens, Alignment.usual(sizes.decoder()));
  }

  /** Returns the same with so many words in both vocabularies. */
  public ModelConfig withVocabularies(int words) {
    Sizes other =
        new Sizes(sizes.width, sizes.encoder, sizes.decoder, sizes.maxPositions, words, words);
    return new ModelConfig(label, other, variant, tokens, alignment);
  }

  /** Returns the same with other tokens. */
  public ModelConfig withTokens(SpecialTokens other) {
    return new ModelConfig(label, sizes, variant, other, alignment);
  }
}
