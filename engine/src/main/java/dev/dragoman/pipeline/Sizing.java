// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.search.Search;
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

  /** The share of the free memory that may be taken: text, results and garbage need the rest. */
  private static final double SHARE_OF_MEMORY = 0.6;

  /**
   * Takes what was asked for; of what was not, as much as suits the device and fits.
   *
   * @throws TooLittleMemoryException if that does not fit, with what would
   */
  static Sizing of(
      EngineOptions options,
      ModelConfig model,
      SearchRules rules,
      DeviceCapacity device,
      long freeBytes) {
    int workers = options.workers() > 0 ? options.workers() : device.workers();
    int slots =
        options.slots() > 0 ? options.slots() : Math.max(1, device.rows() / rules.beamSize());
    long budget = budget(freeBytes, workers);
    Session.Size size = size(slots, options, model);
    while (options.slots() == 0
        && slots > 1
        && bytes(size, model, rules, device.activations()) > budget) {
      size = size(--slots, options, model);
    }
    Sizing sizing = new Sizing(workers, size);
    long needed = bytes(size, model, rules, device.activations());
    if (needed > budget) {
      throw new TooLittleMemoryException(
          String.format(
              "%s need %d MiB, and of %d MiB that are free %d may be taken: %s",
              sizing.describe(rules),
              (workers * needed) >> 20,
              freeBytes >> 20,
              (workers * budget) >> 20,
              sizing.smaller(options, model, device.activations(), freeBytes)));
    }
    return sizing;
  }

  private static long budget(long freeBytes, int workers) {
    return (long) (freeBytes * SHARE_OF_MEMORY) / workers;
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
   * Says what less than this would fit into the free memory: fewer slots with the same beam, or one
   * slot with a smaller beam, or one worker with that.
   */
  String smaller(EngineOptions options, ModelConfig model, DataType type, long freeBytes) {
    for (int fewer : workers == 1 ? new int[] {1} : new int[] {workers, 1}) {
      long budget = budget(freeBytes, fewer);
      int most = fewer == workers ? session.slots() - 1 : session.slots();
      SearchRules rules = rules(options, model, options.search().beamSize());
      for (int slots = most; slots > 0; slots--) {
        Session.Size size = size(slots, options, model);
        if (bytes(size, model, rules, type) <= budget) {
          return new Sizing(fewer, size).describe(rules) + " would fit";
        }
      }
      Session.Size one = size(1, options, model);
      for (int beam = options.search().beamSize() - 1; beam > 0; beam--) {
        rules = rules(options, model, beam);
        if (bytes(one, model, rules, type) <= budget) {
          return new Sizing(fewer, one).describe(rules) + " would fit";
        }
      }
    }
    return "not even 1 worker with 1 slot of beam 1 would fit; take a smaller maximal length,"
        + " or give it more memory (on the CPU Java's -Xmx)";
  }

  private static SearchRules rules(EngineOptions options, ModelConfig model, int beam) {
    return Search.of(options.search().withBeamSize(beam).withNBest(1), model).rules();
  }

  static Session.Size size(int slots, EngineOptions options, ModelConfig model) {
    int sources = Math.max(model.sizes().maxPositions(), slots * SOURCE_TOKENS_PER_SLOT);
    int encoded = Math.max(model.sizes().maxPositions(), Math.min(sources, ENCODED_TOGETHER));
    boolean attended = options.attention() == AttentionWeights.KEEP;
    boolean shortlisted = options.shortlist() != ShortlistSource.NONE;
    return new Session.Size(
        slots,
        encoded,
        sources,
        attended ? model.sizes().maxPositions() : 0,
        shortlisted ? model.sizes().targetVocabulary() : 0);
  }

  /**
   * Estimates the bytes of a session: the caches, the intermediate results, the logits, the
   * histories, the attention that is kept and the shortlists.
   *
   * @param type of the caches and of intermediate results
   */
  static long bytes(Session.Size size, ModelConfig model, SearchRules rules, DataType type) {
    long beams = (long) size.slots() * rules.beamSize();
    long cached = beams * rules.maxLength() + size.sourceTokens();
    long caches = 2 * cached * model.sizes().width() * model.sizes().decoder().layers();
    long activations = 7 * (beams + size.encoderTokens()) * model.sizes().width();
    long logits = 2 * beams * model.sizes().targetVocabulary();
    long kept = (long) size.slots() * rules.capacity() * rules.maxLength();
    long histories = 2 * beams * rules.maxLength() + kept;
    long weights = (long) rules.beamSize() * rules.maxLength() * size.sourceTokens() + kept;
    long attention = size.attendedTokens() > 0 ? weights : 0;
    long shortlists = (long) size.slots() * size.shortlistWords();
    return type.bytes() * (caches + activations)
        + Float.BYTES * (logits + histories + attention + shortlists);
  }
}
