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
  private final ModelConfig config;
  private final Encoder encoder;
  private final Decoder decoder;

  private Transformer(ModelConfig config, Encoder encoder, Decoder decoder) {
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** Brings the weights onto {@code device}. */
  public static Transformer load(ModelConfig config, TransformerWeights weights, Device device) {
    TransformerLoader loader = new TransformerLoader(device, config);
    Encoder encoder = loader.encoder(weights);
    return new Transformer(config, encoder, loader.decoder(weights, encoder.embedding()));
  }

  /**
   * Takes the memory to translate on one line of execution.
   *
   * @param device the device of {@link #load} or a fork of it
   */
  public Session open(Device device, Session.Size size, SearchRules rules) {
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
