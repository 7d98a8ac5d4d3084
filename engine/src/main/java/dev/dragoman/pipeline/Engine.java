// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.Device;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.shortlist.Shortlist;
import dev.dragoman.model.shortlist.Shortlists;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
import dev.dragoman.search.StepLimit;
import dev.dragoman.transformer.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A model on one or several devices with its workers: token ids in, hypotheses out. Safe to call
 * from several threads. A device that is lost leaves its sentences to the others.
 */
public final class Engine implements AutoCloseable {
  private static final int[] ALL_WORDS = {};

  private final ModelConfig model;
  private final Optional<Shortlist> shortlist;
  private final StepLimit limit;
  private final List<Replica> replicas;
  private final SentenceQueue queue;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine(
      ModelConfig model,
      List<Replica> replicas,
      Search search,
      Optional<Shortlist> shortlist,
      StepLimit limit) {
    this.model = model;
    this.shortlist = shortlist;
    this.limit = limit;
    this.replicas = replicas;
    this.queue = new SentenceQueue(replicas);
    for (Replica replica : replicas) {
      for (Session session : replica.sessions()) {
        Worker worker = new Worker(replica, session, queue, search);
        tallies.add(worker.tally());
        Thread thread = new Thread(worker, "dragoman-worker-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
      }
    }
  }

  /** Starts as {@link #start(Model, List, EngineOptions, StepLimit)}, without limits. */
  public static Engine start(Model model, List<Device> devices, EngineOptions options) {
    return start(model, devices, options, StepLimit.NONE);
  }

  /**
   * Loads the weights onto each device, takes all memory and starts the workers.
   *
   * @param devices closed with the engine
   * @param limit of the steps of each sentence
   * @throws TooLittleMemoryException if the options ask for more memory than there is
   * @throws dev.dragoman.model.ModelFormatException if they ask for a shortlist that is not there
   */
  public static Engine start(
      Model model, List<Device> devices, EngineOptions options, StepLimit limit) {
    Search search = Search.of(options.search(), model.config());
    Optional<Shortlist> shortlist = Shortlists.open(model, options.shortlist());
    List<Replica> replicas = new ArrayList<>();
    try {
      for (Device device : devices) {
        replicas.add(Replica.load(model, device, options, search.rules()));
      }
    } catch (RuntimeException | Error e) {
      replicas.forEach(Replica::closeSessions);
      throw e;
    }
    Engine engine = new Engine(model.config(), replicas, search, shortlist, limit);
    engine.threads.forEach(Thread::start);
    return engine;
  }

  /**
   * Translates one sentence, when its turn comes. Waits for nothing; sentences that wait for a slot
   * take memory, so the caller bounds how many there are.
   *
   * @param source token ids, the end token last; not empty and not longer than the model's
   *     positions; not changed from now on
   * @return its hypotheses, best first, or why there are none
   * @throws dev.dragoman.device.NoDeviceLeftException if every device is lost; the results of
   *     sentences that were not done end with it, too
   * @throws IllegalStateException if the engine is closed
   */
  public CompletableFuture<List<Hypothesis>> translate(int[] source) {
    // A sentence that the device cannot read would take those beside it along.
    boolean known =
        Arrays.stream(source).allMatch(id -> 0 <= id && id < model.sizes().sourceVocabulary());
    if (source.length == 0 || source.length > model.sizes().maxPositions() || !known) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              String.format(
                  "not a sentence for this model: %d tokens of at most %d, of a vocabulary of %d",
                  source.length, model.sizes().maxPositions(), model.sizes().sourceVocabulary())));
    }
    int[] words = shortlist.map(list -> list.words(source)).orElse(ALL_WORDS);
    Sentence sentence = new Sentence(source, words, limit.of(source));
    queue.add(sentence);
    return sentence.result();
  }

  /** Returns what the engine has and does now. */
  public EngineStatus status() {
    return new EngineStatus(
        replicas.stream().mapToInt(Replica::workers).sum(),
        replicas.stream().mapToInt(Replica::slots).sum(),
        queue.size(),
        replicas.stream().map(Replica::device).mapToLong(Device::bytesHeld).sum(),
        Tally.activity(tallies));
  }

  /** Names what translations depend on beside model and options: {@link Device#arithmetic()}. */
  public String arithmetic() {
    return replicas.get(0).device().arithmetic();
  }

  /** Describes in words what computes: devices, precision, workers, slots, memory, shortlist. */
  public String description() {
    EngineStatus status = status();
    return String.format(
        "%s, %d %s, %d slots, %d MiB%s",
        replicas.stream().map(Replica::name).collect(Collectors.joining(", ")),
        status.workers(),
        status.workers() == 1 ? "worker" : "workers",
        status.slots(),
        status.deviceBytes() >> 20,
        shortlist.map(list -> ", shortlist of " + list.description()).orElse(""));
  }

  /** Stops the workers; sentences that are not done fail. Closing again does nothing. */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (closed.compareAndSet(false, true)) {
      replicas.stream().map(Replica::device).forEach(Device::close);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
