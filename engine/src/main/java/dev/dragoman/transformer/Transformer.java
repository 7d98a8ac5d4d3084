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
  /** What each word of a translation is chosen from. */
  public enum Choice {
    /** The whole vocabulary. */
    ALL_WORDS,
    /** The words that each sentence brings. */
    CANDIDATES
  }

  private final ModelConfig config;
  private final Encoder encoder;
  private final Decoder decoder;
  private final Choice choice;

  private Transformer(ModelConfig config, Encoder encoder, Decoder decoder, Choice choice) {
    this.choice = choice;
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** Brings the weights onto {@code device}, for sessions that choose from all words. */
  public static Transformer load(ModelConfig config, TransformerWeights weights, Device device) {
    return load(config, weights, device, Choice.ALL_WORDS);
  }

  /** Brings the weights onto {@code device}, for sessions that choose so. */
  public static Transformer load(
      ModelConfig config, TransformerWeights weights, Device device, Choice choice) {
    TransformerLoader loader = new TransformerLoader(device, config, choice);
    Encoder encoder = loader.encoder(weights);
    return new Transformer(config, encoder, loader.decoder(weights, encoder.embedding()), choice);
  }

  /**
   * Takes the memory to translate on one line of execution.
   *
   * @param device the device of {@link #load} or a fork of it
   * @param size with candidates if the weights were loaded for them
   */
  public Session open(Device device, Session.Size size, SearchRules rules) {
    if (size.candidates() > 0 != (choice == Choice.CANDIDATES)) {
      throw new IllegalArgumentException(
          "a session with " + size.candidates() + " candidates, of weights for " + choice);
    }
    return new Session(this, device, size, rules);
  }

  /** What the model is. */
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
