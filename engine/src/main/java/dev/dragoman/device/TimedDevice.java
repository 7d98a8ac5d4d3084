package dev.dragoman.device;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures how long each operation of another device takes, for benchmarks. Where operations only
 * begin when they are called, this is the time of the host.
 */
public final class TimedDevice implements Device {
  private final Device device;
  private final Map<String, LongAdder> nanoseconds;

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
    nanoseconds.clear();
  }

  private void time(String operation, Runnable work) {
    long start = System.nanoTime();
    work.run();
    nanoseconds.computeIfAbsent(operation, name -> new LongAdder()).add(System.nanoTime() - start);
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
  public Linear pack(HostTensor weight, float[] bias) {
    return device.pack(weight, bias);
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
  public void add(Tensor x, Tensor y, Tensor out) {
    time("norm", () -> device.add(x, y, out));
  }

  @Override
  public void addNorm(Tensor x, Tensor residual, LayerNorm norm, Tensor out) {
    time("norm", () -> device.addNorm(x, residual, norm, out));
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
  public void advance(Tensor logits, TokenRows.Decoding tokens) {
    time("search", () -> device.advance(logits, tokens));
  }

  @Override
  public Runnable record(Runnable step) {
    return device.record(step);
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
