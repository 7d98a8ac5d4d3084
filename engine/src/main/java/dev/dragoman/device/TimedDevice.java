package dev.dragoman.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/**
 * Measures how long each operation of another device takes, for benchmarks of devices whose
 * operations are done when they return. A recorded step consists of its operations, each recorded
 * by itself, which is not what a device would do that runs many at once.
 */
public final class TimedDevice implements Device {
  private final Device device;
  private final Map<String, LongAdder> nanoseconds;
  private final Map<String, Products> products;
  private Optional<List<Runnable>> recording = Optional.empty();

  /** Measures {@code device} and its forks together. */
  public TimedDevice(Device device) {
    this(device, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
  }

  private TimedDevice(
      Device device, Map<String, LongAdder> nanoseconds, Map<String, Products> products) {
    this.device = device;
    this.nanoseconds = nanoseconds;
    this.products = products;
  }

  /** What an operation that multiplies has done in all its calls with weights of one shape. */
  private static final class Products {
    private final LongAdder operations = new LongAdder();
    private final LongAdder nanoseconds = new LongAdder();
  }

  /** Nanoseconds by operation since the last {@link #reset}, all lines of execution together. */
  public Map<String, Long> times() {
    Map<String, Long> times = new TreeMap<>();
    nanoseconds.forEach((operation, sum) -> times.put(operation, sum.sum()));
    return times;
  }

  /**
   * How many multiplications and additions a line of execution has done in a second, by operation
   * and shape of the weights, since the last {@link #reset}; what an operation does besides takes
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

  private void time(String operation, Runnable work) {
    perform(work, sumOf(operation)::add);
  }

  /** Times an operation that multiplies the rows of x by these weights, one after the other. */
  private void time(String operation, Tensor x, List<Linear> weights, Runnable work) {
    StringBuilder name = new StringBuilder(operation).append(' ').append(weights.get(0).inputs());
    long numbers = 0;
    for (Linear of : weights) {
      name.append(" to ").append(of.outputs());
      numbers += (long) of.inputs() * of.outputs();
    }
    long operations = 2 * x.shape().rows() * numbers;
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

  /** Does it, or records it, and says each time how many nanoseconds it took. */
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
  public List<Inspection.Fact> facts() {
    return device.facts();
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
    LongAdder sum = sumOf("download");
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
  public Linear packForShortlists(HostTensor weight) {
    return device.packForShortlists(weight);
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
    time("linear", x, List.of(weights), () -> device.linear(x, weights, out));
  }

  @Override
  public void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
    time("candidates", () -> device.linearToShortlists(x, words, tokens, out));
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
    time(
        "feed-forward",
        x,
        List.of(weights.first(), weights.second()),
        () -> device.feedForward(x, weights, out));
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
    List<Linear> weights = List.of(words);
    return (x, tokens) -> time("words and search", x, weights, () -> search.advance(x, tokens));
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
    return new TimedDevice(device.fork(), nanoseconds, products);
  }

  @Override
  public void close() {
    device.close();
  }
}
