// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.TransformerWeights;

/**
 * A Transformer whose weights lie on a device. Immutable; what changes while it translates is in a
 * {@link Session}.
 */
public final class Transformer {
  /** Says which words a sentence's translation is chosen from. */
  public enum OutputVocabulary {
    /** The whole vocabulary. */
    ALL_WORDS,
    /** The shortlist that each sentence brings. */
    SHORTLIST
  }

  private final ModelConfig config;
  private final Encoder encoder;
  private final Decoder decoder;
  private final OutputVocabulary vocabulary;

  private Transformer(
      ModelConfig config, Encoder encoder, Decoder decoder, OutputVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** Brings the weights onto {@code device}, for sessions that choose from all words. */
  public static Transformer load(ModelConfig config, TransformerWeights weights, Device device) {
    return load(config, weights, device, OutputVocabulary.ALL_WORDS);
  }

  /** Brings the weights onto {@code device}, for sessions that choose from such words. */
  public static Transformer load(
      ModelConfig config, TransformerWeights weights, Device device, OutputVocabulary vocabulary) {
    TransformerLoader loader = new TransformerLoader(device, config, vocabulary);
    Encoder encoder = loader.encoder(weights);
    return new Transformer(
        config, encoder, loader.decoder(weights, encoder.embedding()), vocabulary);
  }

  /**
   * Takes the memory to translate with one worker.
   *
   * @param device the device of {@link #load} or a fork of it
   * @param size with shortlist words if the weights were loaded for them
   */
  public Session open(Device device, Session.Size size, SearchRules rules) {
    if (size.shortlistWords() > 0 != (vocabulary == OutputVocabulary.SHORTLIST)) {
      throw new IllegalArgumentException(
          "a session with "
              + size.shortlistWords()
              + " shortlist words, of weights for "
              + vocabulary);
    }
    return new Session(this, device, size, rules);
  }

  /** Returns what the model is. */
  public ModelConfig config() {
    return config;
  }

  Encoder encoder() {
    return encoder;
  }

  Decoder decoder() {
    return decoder;
  }
}
