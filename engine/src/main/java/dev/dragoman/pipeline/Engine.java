package dev.dragoman.pipeline;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.Device;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.shortlist.Shortlist;
import dev.dragoman.model.shortlist.Shortlists;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
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
  private final List<LoadedModel> loaded;
  private final SentenceQueue queue;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine(
      ModelConfig model, List<LoadedModel> loaded, Search search, Optional<Shortlist> shortlist) {
    this.model = model;
    this.shortlist = shortlist;
    this.loaded = loaded;
    List<Replica> replicas =
        loaded.stream().map(on -> new Replica(on.device().name(), on.sizing().workers())).toList();
    this.queue = new SentenceQueue(4 * slots(), replicas);
    for (int i = 0; i < replicas.size(); i++) {
      Worker.Parameters parameters =
          new Worker.Parameters(loaded.get(i).sizing().session(), search);
      for (Session session : loaded.get(i).sessions()) {
        Worker worker = new Worker(replicas.get(i), queue, session, parameters);
        tallies.add(worker.tally());
        Thread thread = new Thread(worker, "dragoman-worker-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
      }
    }
  }

  /** As {@link #start(Model, List, TranslationOptions)}, on one device. */
  public static Engine start(Model model, Device device, TranslationOptions options) {
    return start(model, List.of(device), options);
  }

  /**
   * Loads the weights onto each device, takes all memory and starts the workers.
   *
   * @param devices closed with the engine
   * @throws IllegalArgumentException if the options ask for more memory than there is
   * @throws dev.dragoman.model.ModelFormatException if they ask for a shortlist that is not there
   */
  public static Engine start(Model model, List<Device> devices, TranslationOptions options) {
    Search search = Search.of(options, model.config());
    Optional<Shortlist> shortlist = Shortlists.open(model, options.shortlist());
    List<LoadedModel> loaded = new ArrayList<>();
    try {
      for (Device device : devices) {
        loaded.add(LoadedModel.load(model, device, options));
      }
    } catch (RuntimeException | Error e) {
      loaded.forEach(LoadedModel::closeSessions);
      throw e;
    }
    Engine engine = new Engine(model.config(), loaded, search, shortlist);
    engine.threads.forEach(Thread::start);
    return engine;
  }

  /**
   * Translates one sentence, when its turn comes. Waits while too many are waiting already.
   *
   * @param source token ids, the end token last; not empty and not longer than the model's
   *     positions
   * @return its hypotheses, best first, or why there are none
   * @throws dev.dragoman.device.NoDeviceLeftException if every device is lost; the results of
   *     sentences that were not done end with it, too
   */
  public CompletableFuture<List<Hypothesis>> translate(int[] source) throws InterruptedException {
    return submit(source, Sentence.NO_LIMIT);
  }

  /**
   * As {@link #translate}, but ends a sentence after so many steps whose search has not ended
   * before: for benchmarks that want translations of a given length from a model that says nothing.
   * Every step is made as for any other sentence; no hypotheses are left of it.
   */
  public CompletableFuture<List<Hypothesis>> rehearse(int[] source, int steps)
      throws InterruptedException {
    return submit(source, steps);
  }

  private CompletableFuture<List<Hypothesis>> submit(int[] source, int steps)
      throws InterruptedException {
    // On the device these would take the sentences beside it along.
    boolean known =
        Arrays.stream(source).allMatch(id -> 0 <= id && id < model.sizes().sourceVocabulary());
    if (source.length == 0 || source.length > model.sizes().maxPositions() || !known) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              String.format(
                  "not a sentence for this model: %d tokens of at most %d, of a vocabulary of %d",
                  source.length, model.sizes().maxPositions(), model.sizes().sourceVocabulary())));
    }
    int[] candidates = shortlist.map(list -> list.words(source)).orElse(ALL_WORDS);
    Sentence sentence = new Sentence(source, candidates, steps);
    queue.put(sentence);
    return sentence.result();
  }

  /** Sentences that can be in flight at once. */
  public int slots() {
    return loaded.stream()
        .map(LoadedModel::sizing)
        .mapToInt(sizing -> sizing.workers() * sizing.session().slots())
        .sum();
  }

  /** Sentences that wait for a free slot. */
  public int waiting() {
    return queue.size();
  }

  /** Lines of execution. */
  public int workers() {
    return loaded.stream().mapToInt(on -> on.sizing().workers()).sum();
  }

  /** What the workers have done so far. */
  public Activity activity() {
    return Tally.activity(tallies);
  }

  /** What computes. */
  public List<Device> devices() {
    return loaded.stream().map(LoadedModel::device).toList();
  }

  /** The devices and their precision. */
  public String deviceNames() {
    return devices().stream().map(Device::name).collect(Collectors.joining(", "));
  }

  /** Bytes of the devices that are taken. */
  public long deviceBytes() {
    return devices().stream().mapToLong(Device::bytesHeld).sum();
  }

  /** What computes, for people: device, precision, workers, slots, memory, and a shortlist. */
  public String description() {
    return String.format(
        "%s, %d %s, %d slots, %d MiB%s",
        deviceNames(),
        workers(),
        workers() == 1 ? "worker" : "workers",
        slots(),
        deviceBytes() >> 20,
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
      devices().forEach(Device::close);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
