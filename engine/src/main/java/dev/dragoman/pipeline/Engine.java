package dev.dragoman.pipeline;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.Device;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
import dev.dragoman.transformer.Session;
import dev.dragoman.transformer.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model on a device with its workers: token ids in, hypotheses out. Safe to call from several
 * threads.
 */
public final class Engine implements AutoCloseable {
  private final ModelConfig model;
  private final Device device;
  private final Sizing sizing;
  private final SentenceQueue queue;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine(ModelConfig model, Device device, Sizing sizing) {
    this.model = model;
    this.device = device;
    this.sizing = sizing;
    int slots = sizing.workers() * sizing.session().slots();
    this.queue = new SentenceQueue(4 * slots, sizing.workers());
  }

  /**
   * Loads the weights, takes all memory and starts the workers.
   *
   * @param device closed with the engine
   * @throws IllegalArgumentException if the options ask for more memory than there is
   */
  public static Engine start(Model model, Device device, TranslationOptions options) {
    Search search = Search.of(options, model.config());
    Transformer transformer = Transformer.load(model.config(), model.weights(), device);
    Sizing sizing = Sizing.of(options, model.config(), search.rules(), device.capacity());
    Engine engine = new Engine(model.config(), device, sizing);
    for (Session session : open(transformer, device, sizing, search)) {
      Worker worker = new Worker(engine.queue, session, sizing.session(), search);
      Thread thread = new Thread(worker, "dragoman-worker-" + engine.threads.size());
      thread.setDaemon(true);
      engine.threads.add(thread);
    }
    engine.threads.forEach(Thread::start);
    return engine;
  }

  /** All or none: memory may run out at any of them. */
  private static List<Session> open(
      Transformer transformer, Device device, Sizing sizing, Search search) {
    List<Device> lines = new ArrayList<>();
    List<Session> sessions = new ArrayList<>();
    try {
      for (int i = 0; i < sizing.workers(); i++) {
        Device line = device.fork();
        lines.add(line);
        sessions.add(transformer.open(line, sizing.session(), search.rules()));
      }
    } catch (RuntimeException | Error e) {
      lines.forEach(Device::close);
      throw e;
    }
    return sessions;
  }

  /**
   * Translates one sentence, when its turn comes. Waits while too many are waiting already.
   *
   * @param source token ids, the end token last; not empty and not longer than the model's
   *     positions
   * @return its hypotheses, best first, or why there are none
   */
  public CompletableFuture<List<Hypothesis>> translate(int[] source) throws InterruptedException {
    // On the device these would take the sentences beside it along.
    boolean known =
        Arrays.stream(source).allMatch(id -> 0 <= id && id < model.sourceVocabularySize());
    if (source.length == 0 || source.length > model.maxPositions() || !known) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              String.format(
                  "not a sentence for this model: %d tokens of at most %d, of a vocabulary of %d",
                  source.length, model.maxPositions(), model.sourceVocabularySize())));
    }
    Sentence sentence = new Sentence(source);
    queue.put(sentence);
    return sentence.result();
  }

  /** Sentences that can be in flight at once. */
  public int slots() {
    return sizing.workers() * sizing.session().slots();
  }

  /** Sentences that wait for a free slot. */
  public int waiting() {
    return queue.size();
  }

  /** Lines of execution. */
  public int workers() {
    return sizing.workers();
  }

  /** What computes. */
  public Device device() {
    return device;
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
      device.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
