// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.TranslationOptions;
import dev.dragoman.benchmark.SentenceLengths.Pair;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.device.Device;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.pipeline.Activity;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.pipeline.EngineStatus;
import dev.dragoman.pipeline.Futures;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntUnaryOperator;

/** Sources of random words whose translations have lengths that were drawn before. */
final class ForcedWorkload implements Workload {
  private static final int SEED = 20260101;

  private final Engine engine;
  private final List<Sentence> sentences;

  private record Sentence(int[] source, int length) {}

  private ForcedWorkload(Engine engine, List<Sentence> sentences) {
    this.engine = engine;
    this.sentences = sentences;
  }

  /**
   * Loads a model. No search ends before its sentence's length, so that every step of it is made.
   *
   * @param devices closed with the workload, or if it cannot be made
   * @param lengths of all sentences that may be needed
   * @param linesForSlots how many of them are translated, by the number of slots
   */
  static ForcedWorkload load(
      Model model,
      List<Device> devices,
      TranslationOptions options,
      List<Pair> lengths,
      IntUnaryOperator linesForSlots) {
    IdentityHashMap<int[], Integer> lengthOf = new IdentityHashMap<>();
    int longest = lengths.stream().mapToInt(Pair::target).max().orElse(1);
    Engine engine;
    try {
      engine =
          Engine.start(
              model,
              devices,
              options.withMaxLength(longest).withMinLength(longest).engine(),
              lengthOf::get);
    } catch (RuntimeException | Error e) {
      devices.forEach(Device::close);
      throw e;
    }
    int lines = Math.min(lengths.size(), linesForSlots.applyAsInt(engine.status().slots()));
    List<Sentence> sentences = sentences(model.config(), lengths.subList(0, lines));
    sentences.forEach(sentence -> lengthOf.put(sentence.source, sentence.length));
    return new ForcedWorkload(engine, sentences);
  }

  private static List<Sentence> sentences(ModelConfig model, List<Pair> lengths) {
    Random random = new Random(SEED);
    List<Sentence> sentences = new ArrayList<>(lengths.size());
    for (Pair pair : lengths) {
      int[] source =
          random
              .ints(0, model.sizes().sourceVocabulary())
              .filter(id -> !isSpecial(id, model.tokens()))
              .limit(Math.min(pair.source(), model.sizes().maxPositions()))
              .toArray();
      source[source.length - 1] = model.tokens().end();
      sentences.add(new Sentence(source, pair.target()));
    }
    return sentences;
  }

  private static boolean isSpecial(int id, ModelConfig.SpecialTokens tokens) {
    return id == tokens.start()
        || id == tokens.end()
        || id == tokens.pad()
        || id == tokens.unknown()
        || tokens.suppressed().contains(id);
  }

  @Override
  public int lines() {
    return sentences.size();
  }

  @Override
  public Tokens translateAll() {
    List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>(sentences.size());
    long source = 0;
    long target = 0;
    for (Sentence sentence : sentences) {
      results.add(begin(sentence));
      source += sentence.source.length;
      target += sentence.length;
    }
    results.forEach(ForcedWorkload::await);
    return new Tokens(source, target);
  }

  @Override
  public void translateOne(int line) {
    await(begin(sentences.get(line)));
  }

  private CompletableFuture<List<Hypothesis>> begin(Sentence sentence) {
    return engine.translate(sentence.source);
  }

  private static void await(CompletableFuture<List<Hypothesis>> result) {
    try {
      result.get();
    } catch (InterruptedException e) {
      throw Futures.interrupted(e);
    } catch (ExecutionException e) {
      throw new CommandFailure("a sentence failed: " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public Loaded loaded() {
    EngineStatus status = engine.status();
    return new Loaded(engine.description(), status.workers(), status.slots(), status.deviceBytes());
  }

  @Override
  public Activity activity() {
    return engine.status().activity();
  }

  @Override
  public void close() {
    engine.close();
  }
}
