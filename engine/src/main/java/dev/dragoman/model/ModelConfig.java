package dev.dragoman.model;

import dev.dragoman.device.Activation;
import java.util.List;
import java.util.OptionalInt;

/**
 * Everything about a model that is not a weight and changes its translations. Each format's reader
 * fills it from the model's own files; nothing in it is a guess.
 *
 * @param name how to call the model in messages, usually its folder's name
 * @param format how it is stored, for people: {@code Hugging Face MarianMT}
 * @param width d_model
 * @param encoder the encoder's stack
 * @param decoder the decoder's stack
 * @param activation of the feed-forward layers
 * @param normPlacement where the layer normalizations stand
 * @param embeddingScale what token embeddings are multiplied by: √width or 1
 * @param maxPositions the longest source and target, in tokens
 * @param sourceVocabularySize rows of the source embedding
 * @param targetVocabularySize rows of the target embedding and outputs of the model
 * @param tokens the ids with a meaning of their own
 * @param alignment whose attention says what a word was translated from
 */
public record ModelConfig(
    String name,
    String format,
    int width,
    Stack encoder,
    Stack decoder,
    Activation activation,
    NormPlacement normPlacement,
    float embeddingScale,
    int maxPositions,
    int sourceVocabularySize,
    int targetVocabularySize,
    SpecialTokens tokens,
    Alignment alignment) {

  /**
   * A stack of equal layers.
   *
   * @param layers N
   * @param heads h, which divides the width
   * @param feedForward d_ff
   */
  public record Stack(int layers, int heads, int feedForward) {}

  /**
   * The encoder-decoder attention that is given out as alignment.
   *
   * @param layer of the decoder, from 0
   * @param heads its weights are averaged over so many heads, the first ones
   */
  public record Alignment(int layer, int heads) {

    /** What Marian and CTranslate2 take where nothing is said: the last layer's first head. */
    public static Alignment usual(Stack decoder) {
      return new Alignment(decoder.layers() - 1, 1);
    }
  }

  /** Where a layer's normalizations stand. */
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

    /** Without a first token. */
    public SpecialTokens(int start, int end, int pad, int unknown, List<Integer> suppressed) {
      this(start, end, pad, unknown, suppressed, OptionalInt.empty());
    }

    /** The same with a first token. */
    SpecialTokens withFirst(int token) {
      return new SpecialTokens(start, end, pad, unknown, suppressed, OptionalInt.of(token));
    }
  }

  /** With the usual alignment. */
  public ModelConfig(
      String name,
      String format,
      int width,
      Stack encoder,
      Stack decoder,
      Activation activation,
      NormPlacement normPlacement,
      float embeddingScale,
      int maxPositions,
      int sourceVocabularySize,
      int targetVocabularySize,
      SpecialTokens tokens) {
    this(
        name,
        format,
        width,
        encoder,
        decoder,
        activation,
        normPlacement,
        embeddingScale,
        maxPositions,
        sourceVocabularySize,
        targetVocabularySize,
        tokens,
        Alignment.usual(decoder));
  }

  /** The same with so many words in both vocabularies. */
  public ModelConfig withVocabularySize(int words) {
    return with(words, words, tokens);
  }

  /** The same with other tokens. */
  public ModelConfig withTokens(SpecialTokens other) {
    return with(sourceVocabularySize, targetVocabularySize, other);
  }

  private ModelConfig with(int sourceWords, int targetWords, SpecialTokens otherTokens) {
    return new ModelConfig(
        name,
        format,
        width,
        encoder,
        decoder,
        activation,
        normPlacement,
        embeddingScale,
        maxPositions,
        sourceWords,
        targetWords,
        otherTokens,
        alignment);
  }
}
