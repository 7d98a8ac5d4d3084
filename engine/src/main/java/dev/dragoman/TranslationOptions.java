// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.device.Volume;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.pipeline.AttentionWeights;
import dev.dragoman.pipeline.EngineOptions;
import dev.dragoman.search.SearchOptions;

/**
 * Says how to translate. Immutable; {@link #defaults} and the {@code with} methods make others,
 * which throw {@link IllegalArgumentException} for what is out of range.
 *
 * @param device what to compute on
 * @param engine what to do with sentences, and how many at a time
 * @param onLong what to do with a line that is longer than the model's positions
 */
public record TranslationOptions(DeviceOptions device, EngineOptions engine, OnLong onLong) {

  /** Takes beam 4 on whatever device there is. */
  public static TranslationOptions defaults() {
    return new TranslationOptions(DeviceOptions.defaults(), EngineOptions.defaults(), OnLong.SPLIT);
  }

  /** Returns how to search. */
  public SearchOptions search() {
    return engine.search();
  }

  /** Returns the same but for {@link DeviceOptions#name}. */
  public TranslationOptions withDevice(String name) {
    return with(device.withName(name));
  }

  /** Returns the same but for {@link DeviceOptions#precision}. */
  public TranslationOptions withPrecision(Precision precision) {
    return with(device.withPrecision(precision));
  }

  /** Returns the same but for {@link DeviceOptions#volume}. */
  public TranslationOptions withVolume(Volume volume) {
    return with(device.withVolume(volume));
  }

  /** Returns the same but for {@link EngineOptions#workers}. */
  public TranslationOptions withWorkers(int workers) {
    return with(engine.withWorkers(workers));
  }

  /** Returns the same but for {@link EngineOptions#slots}. */
  public TranslationOptions withSlots(int slots) {
    return with(engine.withSlots(slots));
  }

  /** Returns the same but for {@link EngineOptions#shortlist}. */
  public TranslationOptions withShortlist(ShortlistSource shortlist) {
    return with(engine.withShortlist(shortlist));
  }

  /** Returns the same but for {@link EngineOptions#attention}. */
  public TranslationOptions withAttention(AttentionWeights attention) {
    return with(engine.withAttention(attention));
  }

  /** Returns the same but for {@link SearchOptions#beamSize}. */
  public TranslationOptions withBeamSize(int beamSize) {
    return with(search().withBeamSize(beamSize));
  }

  /** Returns the same but for {@link SearchOptions#lengthPenalty}. */
  public TranslationOptions withLengthPenalty(double lengthPenalty) {
    return with(search().withLengthPenalty(lengthPenalty));
  }

  /** Returns the same but for {@link SearchOptions#patience}. */
  public TranslationOptions withPatience(double patience) {
    return with(search().withPatience(patience));
  }

  /** Returns the same but for {@link SearchOptions#nBest}. */
  public TranslationOptions withNBest(int nBest) {
    return with(search().withNBest(nBest));
  }

  /** Returns the same but for {@link SearchOptions#minLength}. */
  public TranslationOptions withMinLength(int minLength) {
    return with(search().withMinLength(minLength));
  }

  /** Returns the same but for {@link SearchOptions#maxLength}. */
  public TranslationOptions withMaxLength(int maxLength) {
    return with(search().withMaxLength(maxLength));
  }

  /** Returns the same but for {@link #onLong}. */
  public TranslationOptions withOnLong(OnLong what) {
    return new TranslationOptions(device, engine, what);
  }

  private TranslationOptions with(DeviceOptions other) {
    return new TranslationOptions(other, engine, onLong);
  }

  private TranslationOptions with(EngineOptions other) {
    return new TranslationOptions(device, other, onLong);
  }

  private TranslationOptions with(SearchOptions other) {
    return with(engine.withSearch(other));
  }
}
