package dev.dragoman.pipeline;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.Device;
import dev.dragoman.device.OutOfDeviceMemoryException;
import dev.dragoman.model.Model;
import dev.dragoman.search.Search;
import dev.dragoman.transformer.Session;
import dev.dragoman.transformer.Transformer;
import dev.dragoman.transformer.Transformer.Choice;
import java.util.ArrayList;
import java.util.List;

/**
 * A model on one device, with all memory that it will take.
 *
 * @param sessions one for each worker
 */
record LoadedModel(Device device, Sizing sizing, List<Session> sessions) {

  /**
   * Loads the weights and opens the sessions, all or none.
   *
   * @throws IllegalArgumentException if the device has too little memory for it, with what would
   *     fit
   */
  static LoadedModel load(Model model, Device device, TranslationOptions options) {
    Search search = Search.of(options, model.config());
    Choice choice =
        options.shortlist() == TranslationOptions.Shortlist.NONE
            ? Choice.ALL_WORDS
            : Choice.CANDIDATES;
    Transformer transformer = loadWeights(model, device, choice);
    Sizing sizing =
        Sizing.of(options, model.config(), search.rules(), device.capacity(), device.freeBytes());
    List<Device> lines = new ArrayList<>();
    List<Session> sessions = new ArrayList<>();
    try {
      for (int i = 0; i < sizing.workers(); i++) {
        Device line = device.fork();
        lines.add(line);
        sessions.add(transformer.open(line, sizing.session(), search.rules()));
      }
    } catch (OutOfDeviceMemoryException e) {
      lines.forEach(Device::close);
      String fits =
          sizing.smaller(
              options, model.config(), device.capacity().activations(), device.freeBytes());
      throw new IllegalArgumentException(e.getMessage() + ": " + fits, e);
    } catch (RuntimeException | Error e) {
      lines.forEach(Device::close);
      throw e;
    }
    return new LoadedModel(device, sizing, sessions);
  }

  private static Transformer loadWeights(Model model, Device device, Choice choice) {
    try {
      return Transformer.load(model.config(), model.weights(), device, choice);
    } catch (OutOfDeviceMemoryException e) {
      throw new IllegalArgumentException(
          "the model's weights do not fit, with any number of slots and any beam: "
              + e.getMessage()
              + ": take a device with more memory, or one that others use less",
          e);
    }
  }

  /** Gives the sessions' memory back; the device and the weights stay. */
  void closeSessions() {
    sessions.forEach(session -> session.device().close());
  }
}
