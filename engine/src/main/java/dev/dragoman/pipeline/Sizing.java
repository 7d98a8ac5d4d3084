package dev.dragoman.pipeline;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.search.Search;
import dev.dragoman.transformer.Session;

/** Decides how many workers a device gets and how much each can hold, once, at load. */
record Sizing(int workers, Session.Size session) {
  /**
   * Source positions for each slot: sources are shorter on average, and one that is longer waits
   * for room.
   */
  private static final int SOURCE_TOKENS_PER_SLOT = 64;

  /**
   * Of the free memory, so much may be taken: text, results and the garbage of a step need the
   * rest.
   */
  private static final double SHARE_OF_MEMORY = 0.6;

  static Sizing of(
      TranslationOptions options, ModelConfig model, SearchRules rules, DeviceCapacity device) {
    int workers = options.threads() > 0 ? options.threads() : device.workers();
    int slots =
        options.slots() > 0 ? options.slots() : Math.max(1, device.rows() / rules.beamSize());
    long budget = budget(device, workers);
    while (options.slots() == 0 && slots > 1 && bytes(slots, model, rules) > budget) {
      slots--;
    }
    Sizing sizing = new Sizing(workers, size(slots, model));
    if (bytes(slots, model, rules) > budget) {
      throw new IllegalArgumentException(
          String.format(
              "%s need %d MiB, and of %d MiB that are free %d may be taken: %s",
              sizing.describe(rules),
              (workers * bytes(slots, model, rules)) >> 20,
              device.freeBytes() >> 20,
              (workers * budget) >> 20,
              sizing.smaller(options, model, device)));
    }
    return sizing;
  }

  private static long budget(DeviceCapacity device, int workers) {
    return (long) (device.freeBytes() * SHARE_OF_MEMORY) / workers;
  }

  private String describe(SearchRules rules) {
    return String.format(
        "%d %s with %d %s of beam %d and %d tokens",
        workers,
        workers == 1 ? "worker" : "workers",
        session.slots(),
        session.slots() == 1 ? "slot" : "slots",
        rules.beamSize(),
        rules.maxLength());
  }

  /**
   * What less than this would fit into the free memory, for people: fewer slots with the same beam,
   * or one slot with a smaller beam, or one worker with that.
   */
  String smaller(TranslationOptions options, ModelConfig model, DeviceCapacity device) {
    for (int fewer : workers == 1 ? new int[] {1} : new int[] {workers, 1}) {
      long budget = budget(device, fewer);
      int most = fewer == workers ? session.slots() - 1 : session.slots();
      SearchRules rules = rules(options, model, options.beamSize());
      for (int slots = most; slots > 0; slots--) {
        if (bytes(slots, model, rules) <= budget) {
          return new Sizing(fewer, size(slots, model)).describe(rules) + " would fit";
        }
      }
      for (int beam = options.beamSize() - 1; beam > 0; beam--) {
        rules = rules(options, model, beam);
        if (bytes(1, model, rules) <= budget) {
          return new Sizing(fewer, size(1, model)).describe(rules) + " would fit";
        }
      }
    }
    return "not even 1 worker with 1 slot of beam 1 would fit; take a smaller maximal length,"
        + " or give it more memory (on the CPU Java's -Xmx)";
  }

  private static SearchRules rules(TranslationOptions options, ModelConfig model, int beam) {
    return Search.of(options.withBeamSize(beam).withNBest(1), model).rules();
  }

  private static Session.Size size(int slots, ModelConfig model) {
    int tokens = Math.max(model.maxPositions(), slots * SOURCE_TOKENS_PER_SLOT);
    return new Session.Size(slots, tokens, tokens);
  }

  /**
   * Bytes of a session, nearly: the caches, the intermediate results, the logits and the histories.
   */
  static long bytes(int slots, ModelConfig model, SearchRules rules) {
    Session.Size size = size(slots, model);
    long beams = (long) slots * rules.beamSize();
    long cached = beams * rules.maxLength() + size.sourceTokens();
    long caches = 2 * cached * model.width() * model.decoder().layers();
    long activations = 7 * (beams + size.encoderTokens()) * model.width();
    long logits = 2 * beams * model.targetVocabularySize();
    long histories = (2 * beams + (long) slots * rules.capacity()) * rules.maxLength();
    return Float.BYTES * (caches + activations + logits + histories);
  }
}
