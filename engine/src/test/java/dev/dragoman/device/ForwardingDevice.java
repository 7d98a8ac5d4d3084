package dev.dragoman.device;

import java.util.List;

/**
 * Passes everything on to another device; tests watch or break single operations by overriding
 * them.
 */
public abstract class ForwardingDevice implements Device {
  protected final Device device;

  protected ForwardingDevice(Device device) {
    this.device = device;
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
    return device.snapshot(of);
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
    device.upload(from, to);
  }

  @Override
  public void upload(int[] from, Tensor to) {
    device.upload(from, to);
  }

  @Override
  public void download(Tensor from, float[] to) {
    device.download(from, to);
  }

  @Override
  public void download(Tensor from, int[] to) {
    device.download(from, to);
  }

  @Override
  public void peek(Tensor shared, float[] to) {
    device.peek(shared, to);
  }

  @Override
  public void peek(Tensor shared, int[] to) {
    device.peek(shared, to);
  }

  @Override
  public void synchronize() {
    device.synchronize();
  }

  @Override
  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
    device.embed(tokens, table, out);
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    device.linear(x, weights, out);
  }

  @Override
  public void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
    device.linearToShortlists(x, words, tokens, out);
  }

  @Override
  public void attend(AttentionInputs inputs, Tensor out) {
    device.attend(inputs, out);
  }

  @Override
  public void attendAndKeep(AttentionInputs inputs, AttentionHistory history, Tensor out) {
    device.attendAndKeep(inputs, history, out);
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    device.feedForward(x, weights, out);
  }

  @Override
  public void norm(Tensor x, LayerNorm norm, Tensor out) {
    device.norm(x, norm, out);
  }

  @Override
  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
    device.add(x, bias, residual, out);
  }

  @Override
  public void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
    device.addNorm(x, bias, residual, norm, out);
  }

  @Override
  public void appendKeysValues(
      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    device.appendKeysValues(keys, values, tokens, cache);
  }

  @Override
  public void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
    device.bindKeysValues(keys, values, binding, cache);
  }

  @Override
  public void bind(Binding binding, int startToken) {
    device.bind(binding, startToken);
  }

  @Override
  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
    device.advance(logits, bias, tokens);
  }

  /** Nothing is recorded, so that every operation of every step comes this way. */
  /** {@inheritDoc} In two operations, so that tests see {@link #advance}. */
  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    return new LogitsSearch(this, words, bias, rows);
  }

  @Override
  public Runnable record(Runnable step) {
    return step;
  }

  /** Only a subclass knows how its forks behave. */
  @Override
  public abstract Device fork();

  @Override
  public void close() {
    device.close();
  }
}
