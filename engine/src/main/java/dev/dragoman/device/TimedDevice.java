package dev.dragoman.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures how long each operation of another device takes, for benchmarks of devices whose
 * operations are done when they return. A recorded step consists of its operations, each recorded
 * by itself, which is not what a device would do that runs many at once.
 */
public final class TimedDevice implements Device {
  private final Device device;
  private final Map<String, LongAdder> nanoseconds;
  private Optional<List<Runnable>> recording = Optional.empty();

  /** Measures {@code device} and its forks together. */
  public TimedDevice(Device device) {
    this(device, new ConcurrentHashMap<>());
  }

  private TimedDevice(Device device, Map<String, LongAdder> nanoseconds) {
    this.device = device;
    this.nanoseconds = nanoseconds;
  }

  /** Nanoseconds by operation since the last {@link #reset}, all lines of execution together. */
  public Map<String, Long> times() {
    Map<String, Long> times = new TreeMap<>();
    nanoseconds.forEach((operation, sum) -> times.put(operation, sum.sum()));
    return times;
  }

  /** Begins anew. */
  public void reset() {
    nanoseconds.values().forEach(LongAdder::reset); // recorded steps know them
  }

  private void time(String operation, Runnable work) {
    LongAdder sum = nanoseconds.computeIfAbsent(operation, name -> new LongAdder());
    if (recording.isPresent()) {
      Runnable recorded = device.record(work);
      recording.get().add(() -> time(sum, recorded));
    } else {
      time(sum, work);
    }
  }

  private static void time(LongAdder sum, Runnable work) {
    long start = System.nanoTime();
    work.run();
    add(sum, start);
  }

  private static void add(LongAdder sum, long start) {
    sum.add(System.nanoTime() - start);
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String arithmetic() {
    return device.arithmetic();
  }

  @Override
  public DeviceCapacity capacity() {
    return device.capacity();
  }

  @Override
  public long freeBytes() {
    return device.freeBytes();
  }

  @Override
  public long bytesHeld() {
    return device.bytesHeld();
  }

  @Override
  public Tensor allocate(DataType type, Shape shape) {
    return device.allocate(type, shape);
  }

  @Override
  public KeyValueCache allocateCache(Shape shape, int heads) {
    return device.allocateCache(shape, heads);
  }

  @Override
  public KeyValueCache allocateSourceCache(Shape shape, int heads) {
    return device.allocateSourceCache(shape, heads);
  }

  @Override
  public Tensor allocateShared(DataType type, Shape shape) {
    return device.allocateShared(type, shape);
  }

  @Override
  public Snapshot snapshot(Tensor of) {
    Snapshot snapshot = device.snapshot(of);
    LongAdder sum = nanoseconds.computeIfAbsent("download", name -> new LongAdder());
    return new Snapshot() {
      @Override
      public void take() {
        long start = System.nanoTime();
        snapshot.take();
        add(sum, start);
      }

      @Override
      public int[] await() {
        long start = System.nanoTime();
        int[] numbers = snapshot.await();
        add(sum, start);
        return numbers;
      }
    };
  }

  @Override
  public Linear pack(HostTensor weight, float[] bias) {
    return device.pack(weight, bias);
  }

  @Override
  public Linear packWords(HostTensor weight) {
    return device.packWords(weight);
  }

  @Override
  public Linear packForCandidates(HostTensor weight) {
    return device.packForCandidates(weight);
  }

  @Override
  public void tune(FeedForwardWeights weights) {
    device.tune(weights);
  }

  @Override
  public void upload(float[] from, Tensor to) {
    time("upload", () -> device.upload(from, to));
  }

  @Override
  public void upload(int[] from, Tensor to) {
    time("upload", () -> device.upload(from, to));
  }

  @Override
  public void download(Tensor from, float[] to) {
    time("download", () -> device.download(from, to));
  }

  @Override
  public void download(Tensor from, int[] to) {
    time("download", () -> device.download(from, to));
  }

  @Override
  public void peek(Tensor shared, float[] to) {
    time("download", () -> device.peek(shared, to));
  }

  @Override
  public void peek(Tensor shared, int[] to) {
    time("download", () -> device.peek(shared, to));
  }

  @Override
  public void synchronize() {
    time("synchronize", device::synchronize);
  }

  @Override
  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
    time("embed", () -> device.embed(tokens, table, out));
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    time("linear", () -> device.linear(x, weights, out));
  }

  @Override
  public void linearToCandidates(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
    time("candidates", () -> device.linearToCandidates(x, words, tokens, out));
  }

  @Override
  public void attend(AttentionInputs inputs, Tensor out) {
    time("attend", () -> device.attend(inputs, out));
  }

  @Override
  public void attendAndKeep(AttentionInputs inputs, AttentionHistory history, Tensor out) {
    time("attend", () -> device.attendAndKeep(inputs, history, out));
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    time("feed-forward", () -> device.feedForward(x, weights, out));
  }

  @Override
  public void norm(Tensor x, LayerNorm norm, Tensor out) {
    time("norm", () -> device.norm(x, norm, out));
  }

  @Override
  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
    time("norm", () -> device.add(x, bias, residual, out));
  }

  @Override
  public void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
    time("norm", () -> device.addNorm(x, bias, residual, norm, out));
  }

  @Override
  public void appendKeysValues(
      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    time("cache", () -> device.appendKeysValues(keys, values, tokens, cache));
  }

  @Override
  public void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
    time("cache", () -> device.bindKeysValues(keys, values, binding, cache));
  }

  @Override
  public void bind(Binding binding, int startToken) {
    time("search", () -> device.bind(binding, startToken));
  }

  @Override
  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
    time("search", () -> device.advance(logits, bias, tokens));
  }

  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    WordSearch search = device.searchAmong(words, bias, state, rows);
    return (x, tokens) -> time("words and search", () -> search.advance(x, tokens));
  }

  @Override
  public Runnable record(Runnable step) {
    List<Runnable> operations = new ArrayList<>();
    recording = Optional.of(operations);
    try {
      step.run();
    } finally {
      recording = Optional.empty();
    }
    return () -> {
      for (int i = 0; i < operations.size(); i++) {
        operations.get(i).run();
      }
    };
  }

  @Override
  public Device fork() {
    return new TimedDevice(device.fork(), nanoseconds);
  }

  @Override
  public void close() {
    device.close();
  }
}
