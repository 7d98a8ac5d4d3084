package dev.dragoman.pipeline;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.transformer.Session;

/** Decides how many workers a device gets and how much each can hold, once, at load. */
record Sizing(int workers, Session.Size session) {
  /**
   * Source positions for each slot: sources are shorter on average, and one that is longer waits
   * for room.
   */
  private static final int SOURCE_TOKENS_PER_SLOT = 64;

  /** Tokens that are encoded together at most: more fill no device better. */
  private static final int ENCODED_TOGETHER = 4096;

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
    long budget = (long) (device.freeBytes() * SHARE_OF_MEMORY) / workers;
    while (options.slots() == 0 && slots > 1 && need(slots, options, model, rules) > budget) {
      slots--;
    }
    if (need(slots, options, model, rules) > budget) {
      throw new IllegalArgumentException(
          String.format(
              "%d workers with %d slots of beam %d and %d tokens need %d MiB, but %d MiB are free:"
                  + " take fewer threads or slots, a smaller beam or a smaller maximal length,"
                  + " or give Java more memory",
              workers,
              slots,
              rules.beamSize(),
              rules.maxLength(),
              (workers * need(slots, options, model, rules)) >> 20,
              device.freeBytes() >> 20));
    }
    Session.Size size = size(slots, model);
    int attended = keepsAttention(options) ? model.maxPositions() : 0;
    return new Sizing(
        workers,
        new Session.Size(size.slots(), size.encoderTokens(), size.sourceTokens(), attended));
  }

  private static boolean keepsAttention(TranslationOptions options) {
    return options.attention() == TranslationOptions.Attention.KEEP;
  }

  private static long need(
      int slots, TranslationOptions options, ModelConfig model, SearchRules rules) {
    long attention =
        (long) rules.maxLength()
            * (rules.beamSize() * (long) size(slots, model).sourceTokens()
                + (long) slots * rules.capacity());
    return bytes(slots, model, rules) + (keepsAttention(options) ? Float.BYTES * attention : 0);
  }

  private static Session.Size size(int slots, ModelConfig model) {
    int sources = Math.max(model.maxPositions(), slots * SOURCE_TOKENS_PER_SLOT);
    int encoded = Math.max(model.maxPositions(), Math.min(sources, ENCODED_TOGETHER));
    return new Session.Size(slots, encoded, sources);
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
