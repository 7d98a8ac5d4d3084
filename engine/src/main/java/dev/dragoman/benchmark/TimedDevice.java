// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.device.Device;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.ForwardingDevice;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Recording;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.WordSearch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Measures how long each operation of another device takes, for benchmarks of devices whose
 * operations are done when they return. A recorded step consists of its operations, each recorded
 * by itself, which is not what a device would do that runs many at once.
 */
public final class TimedDevice extends ForwardingDevice {
  /** Operations whose time is part of a sum with another name than their own. */
  private static final Map<String, String> SUMS =
      Map.ofEntries(
          Map.entry("linearToShortlists", "shortlist"),
          Map.entry("attendAndKeep", "attend"),
          Map.entry("add", "norm"),
          Map.entry("addNorm", "norm"),
          Map.entry("appendKeysValues", "cache"),
          Map.entry("bindKeysValues", "cache"),
          Map.entry("bind", "search"),
          Map.entry("advance", "search"));

  private final Map<String, LongAdder> nanoseconds;
  private final Map<String, Products> products;
  private Optional<Recording> recording = Optional.empty();

  /** Measures {@code device} and its forks together. */
  public TimedDevice(Device device) {
    this(device, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
  }

  private TimedDevice(
      Device device, Map<String, LongAdder> nanoseconds, Map<String, Products> products) {
    super(device);
    this.nanoseconds = nanoseconds;
    this.products = products;
  }

  /** The work and time of an operation that multiplies, with weights of one shape. */
  private static final class Products {
    private final LongAdder operations = new LongAdder();
    private final LongAdder nanoseconds = new LongAdder();
  }

  /** Returns the nanoseconds since the last {@link #reset} by operation, all forks together. */
  public Map<String, Long> times() {
    Map<String, Long> times = new TreeMap<>();
    nanoseconds.forEach((operation, sum) -> times.put(operation, sum.sum()));
    return times;
  }

  /**
   * Returns how many multiplications and additions a fork has done in a second since the last
   * {@link #reset}, by operation and shape of the weights; what an operation does besides takes
   * part of the second.
   */
  public Map<String, Double> operationsPerSecond() {
    Map<String, Double> rates = new TreeMap<>();
    products.forEach(
        (name, of) -> {
          long time = of.nanoseconds.sum();
          if (time > 0) {
            rates.put(name, of.operations.sum() * 1e9 / time);
          }
        });
    return rates;
  }

  /** Begins anew. */
  public void reset() {
    nanoseconds.values().forEach(LongAdder::reset); // recorded steps know them
    products.values().forEach(of -> of.operations.reset());
    products.values().forEach(of -> of.nanoseconds.reset());
  }

  @Override
  protected void perform(String operation, Consumer<Device> call) {
    LongAdder sum = sumOf(SUMS.getOrDefault(operation, operation));
    perform(() -> call.accept(device), sum::add);
  }

  /** Performs an operation that multiplies the rows of x by these weights, in this order. */
  private void multiply(String operation, Tensor x, List<Linear> weights, Runnable work) {
    StringBuilder name = new StringBuilder(operation).append(' ').append(weights.get(0).inputs());
    long numbers = 0;
    for (Linear of : weights) {
      name.append(" to ").append(of.outputs());
      numbers += (long) of.inputs() * of.outputs();
    }
    long operations = 2L * x.shape().rows() * numbers;
    Products done = products.computeIfAbsent(name.toString(), missing -> new Products());
    LongAdder sum = sumOf(operation);
    perform(
        work,
        nanoseconds -> {
          sum.add(nanoseconds);
          done.nanoseconds.add(nanoseconds);
          done.operations.add(operations);
        });
  }

  private LongAdder sumOf(String operation) {
    return nanoseconds.computeIfAbsent(operation, name -> new LongAdder());
  }

  /** Does the work or records it, and tells the nanoseconds of each time. */
  private void perform(Runnable work, LongConsumer taken) {
    if (recording.isPresent()) {
      Runnable recorded = device.record(work);
      recording.get().add(() -> time(recorded, taken));
    } else {
      time(work, taken);
    }
  }

  private static void time(Runnable work, LongConsumer taken) {
    long start = System.nanoTime();
    work.run();
    taken.accept(System.nanoTime() - start);
  }

  private void transfer(String direction, Runnable work) {
    perform(work, sumOf(direction)::add);
  }

  @Override
  public Snapshot snapshot(Tensor of) {
    Snapshot snapshot = super.snapshot(of);
    LongAdder sum = sumOf("download");
    return new Snapshot() {
      @Override
      public void take() {
        time(snapshot::take, sum::add);
      }

      @Override
      public int[] await() {
        long start = System.nanoTime();
        int[] numbers = snapshot.await();
        sum.add(System.nanoTime() - start);
        return numbers;
      }
    };
  }

  @Override
  public void upload(float[] from, Tensor to) {
    transfer("upload", () -> super.upload(from, to));
  }

  @Override
  public void upload(int[] from, Tensor to) {
    transfer("upload", () -> super.upload(from, to));
  }

  @Override
  public void download(Tensor from, float[] to) {
    transfer("download", () -> super.download(from, to));
  }

  @Override
  public void download(Tensor from, int[] to) {
    transfer("download", () -> super.download(from, to));
  }

  @Override
  public void peek(Tensor shared, float[] to) {
    transfer("download", () -> super.peek(shared, to));
  }

  @Override
  public void peek(Tensor shared, int[] to) {
    transfer("download", () -> super.peek(shared, to));
  }

  @Override
  public void synchronize() {
    transfer("synchronize", super::synchronize);
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    multiply("linear", x, List.of(weights), () -> device.linear(x, weights, out));
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    List<Linear> both = List.of(weights.first(), weights.second());
    multiply("feed-forward", x, both, () -> device.feedForward(x, weights, out));
  }

  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    WordSearch search = super.searchAmong(words, bias, state, rows);
    List<Linear> weights = List.of(words);
    return (x, tokens) -> multiply("words and search", x, weights, () -> search.advance(x, tokens));
  }

  @Override
  public Runnable record(Runnable step) {
    Recording made = new Recording();
    recording = Optional.of(made);
    try {
      step.run();
    } finally {
      recording = Optional.empty();
    }
    return made;
  }

  @Override
  public Device fork() {
    return new TimedDevice(device.fork(), nanoseconds, products);
  }
}
