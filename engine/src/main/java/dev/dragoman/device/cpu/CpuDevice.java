// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Agreement;
import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Binding;
import dev.dragoman.device.CopiedSnapshot;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Linear;
import dev.dragoman.device.LogitsSearch;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.Volume;
import dev.dragoman.device.WordSearch;
import java.util.IdentityHashMap;

/** The processor. It is used by one thread; its forks share the weights. */
final class CpuDevice implements Device {
  /** The rows with which the weights' way from memory hardly counts; see docs/architecture.md. */
  private static final int SUITED_ROWS = 256;

  /** The rows for a few lines: more would only be memory to clear and to collect. */
  private static final int ROWS_OF_FEW_LINES = 64;

  /** The logits of a slice, for the rows of a tile, stay in the second-level cache. */
  private static final int WORDS_OF_SLICE = 1024;

  /** oneDNN adds up a single row in another order than several where weights have many inputs. */
  private static final int LEAST_ROWS = 2;

  private final CpuMemory memory;
  private final VectorMath math;
  private final int suitedRows;
  private final Products products;
  private final CpuAttention attention;
  private final CpuAttentionHistory attentionHistory;
  private final Embedding embedding;
  private final Normalization normalization;
  private final IdentityHashMap<SlotState, LogitsCandidates> searches = new IdentityHashMap<>();
  private final Recorder recorder = new Recorder();

  private CpuDevice(CpuMemory memory, VectorMath math, int suitedRows) {
    this.memory = memory;
    this.math = math;
    this.suitedRows = suitedRows;
    this.products = Products.in(memory.precision(), math, memory.bytesHeld());
    this.attention = new CpuAttention(math);
    this.attentionHistory = new CpuAttentionHistory(math);
    this.embedding = new Embedding(math);
    this.normalization = new Normalization(math);
    memory.opened();
  }

  /** Opens a device whose products have this precision, F32, BF16 or I8. */
  static CpuDevice open(DataType precision, VectorMath math) {
    return new CpuDevice(new CpuMemory(precision), math, SUITED_ROWS);
  }

  /** Opens a device for so much work. */
  static CpuDevice open(DataType precision, Volume volume) {
    int rows = volume == Volume.FEW_LINES ? ROWS_OF_FEW_LINES : SUITED_ROWS;
    return new CpuDevice(new CpuMemory(precision), VectorMath.forA(volume), rows);
  }

  @Override
  public String name() {
    return arithmetic();
  }

  @Override
  public String arithmetic() {
    return "cpu (" + memory.precision().label() + ")";
  }

  @Override
  public DeviceCapacity capacity() {
    int workers = Runtime.getRuntime().availableProcessors();
    return new DeviceCapacity(workers, suitedRows, LEAST_ROWS, 0, DataType.F32);
  }

  @Override
  public long freeBytes() {
    return memory.freeBytes();
  }

  @Override
  public long bytesHeld() {
    return memory.bytesHeld().get();
  }

  @Override
  public Tensor allocate(DataType type, Shape shape) {
    return memory.allocate(type, shape);
  }

  @Override
  public KeyValueCache allocateCache(Shape shape, int heads) {
    return CpuCache.ofPast(shape, cached(shape, heads), memory.bytesHeld());
  }

  @Override
  public KeyValueCache allocateSourceCache(Shape shape, int heads) {
    return CpuCache.ofSources(shape, cached(shape, heads), memory.bytesHeld());
  }

  private HeadFormat cached(Shape shape, int heads) {
    return math.cached(memory.precision(), shape.columns() / heads);
  }

  @Override
  public Tensor allocateShared(DataType type, Shape shape) {
    return allocate(type, shape);
  }

  @Override
  public Snapshot snapshot(Tensor of) {
    return new CopiedSnapshot(this, of);
  }

  @Override
  public Linear pack(HostTensor weight, float[] bias) {
    return memory.keep(products.pack(weight, bias, weight.shape().rows()));
  }

  @Override
  public Linear packWords(HostTensor weight) {
    float[] none = new float[weight.shape().rows()];
    return memory.keep(products.pack(weight, none, WORDS_OF_SLICE));
  }

  @Override
  public Linear packForShortlists(HostTensor weight) {
    WordRows rows = new WordRows(weight);
    memory.hold(rows.bytes());
    return rows;
  }

  @Override
  public void tune(FeedForwardWeights weights) {} // there is one way

  @Override
  public void upload(float[] from, Tensor to) {
    recorder.refuse("copy between host and device");
    CpuCopies.upload(from, to);
  }

  @Override
  public void upload(int[] from, Tensor to) {
    recorder.refuse("copy between host and device");
    CpuCopies.upload(from, to);
  }

  @Override
  public void download(Tensor from, float[] to) {
    recorder.refuse("copy between host and device");
    CpuCopies.download(from, to);
  }

  @Override
  public void download(Tensor from, int[] to) {
    recorder.refuse("copy between host and device");
    CpuCopies.download(from, to);
  }

  @Override
  public void peek(Tensor shared, float[] to) {
    download(shared, to);
  }

  @Override
  public void peek(Tensor shared, int[] to) {
    download(shared, to);
  }

  @Override
  public void synchronize() {} // every operation is done when it returns

  @Override
  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
    int width = table.tokens().shape().columns();
    Agreement.check(
        out.shape().equals(new Shape(tokens.count(), width)), "embed", table.tokens(), out);
    recorder.perform(() -> embedding.embed(tokens, table, CpuTensor.of(out)));
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    boolean agree =
        x.shape().columns() == weights.inputs()
            && out.shape().equals(new Shape(x.shape().rows(), weights.outputs()));
    Agreement.check(agree, "linear", x, out);
    recorder.perform(products.linear(CpuTensor.of(x), (PackedLinear) weights, CpuTensor.of(out)));
  }

  @Override
  public void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
    boolean agree =
        x.shape().equals(new Shape(tokens.count(), words.inputs()))
            && out.shape().equals(new Shape(tokens.count(), words.outputs()))
            && tokens.state().shortlists().isPresent();
    Agreement.check(agree, "linearToShortlists", x, out);
    recorder.perform(
        new ShortlistProducts(math, CpuTensor.of(x), (WordRows) words, tokens, CpuTensor.of(out)));
  }

  @Override
  public void attend(AttentionInputs inputs, Tensor out) {
    boolean agree =
        inputs.queries().shape().equals(out.shape())
            && inputs.queryBias().shape().rows() == out.shape().columns()
            && inputs.keys().shape().equals(inputs.values().shape())
            && out.shape().columns() % inputs.heads() == 0;
    Agreement.check(agree, "attend", inputs.queries(), inputs.keys(), out);
    recorder.perform(() -> attention.attend(inputs, CpuTensor.of(out)));
  }

  @Override
  public void attendAndKeep(AttentionInputs inputs, AttentionHistory history, Tensor out) {
    boolean agree =
        inputs.mask() instanceof Mask.Source
            && 1 <= history.heads()
            && history.heads() <= inputs.heads();
    Agreement.check(agree, "attendAndKeep", inputs.queries(), history.weights());
    attend(inputs, out);
    recorder.perform(() -> attentionHistory.keep(inputs, (Mask.Source) inputs.mask(), history));
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    boolean agree =
        x.shape().columns() == weights.first().inputs()
            && weights.first().outputs() == weights.second().inputs()
            && out.shape().equals(new Shape(x.shape().rows(), weights.second().outputs()));
    Agreement.check(agree, "feedForward", x, out);
    recorder.perform(products.feedForward(CpuTensor.of(x), weights, CpuTensor.of(out)));
  }

  @Override
  public void norm(Tensor x, LayerNorm norm, Tensor out) {
    Agreement.check(x.shape().equals(out.shape()), "norm", x, out);
    recorder.perform(() -> normalization.norm(CpuTensor.of(x), norm, CpuTensor.of(out)));
  }

  @Override
  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
    Normalization.Sum sum = Normalization.Sum.of(x, bias, residual);
    Agreement.check(sum.fits(out), "add", x, bias, residual, out);
    recorder.perform(() -> normalization.add(sum, CpuTensor.of(out)));
  }

  @Override
  public void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
    Normalization.Sum sum = Normalization.Sum.of(x, bias, residual);
    Agreement.check(sum.fits(out), "addNorm", x, bias, residual, out);
    recorder.perform(() -> normalization.addNorm(sum, norm, CpuTensor.of(out)));
  }

  @Override
  public void appendKeysValues(
      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    Agreement.check(keys.shape().rows() == tokens.count(), "appendKeysValues", keys, values);
    Caches caches = new Caches(CpuTensor.of(keys), CpuTensor.of(values));
    recorder.perform(() -> caches.append(tokens, cache));
  }

  @Override
  public void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
    Agreement.check(
        keys.shape().rows() == binding.tokens().count(), "bindKeysValues", keys, values);
    Caches caches = new Caches(CpuTensor.of(keys), CpuTensor.of(values));
    recorder.perform(() -> caches.bind(binding, cache));
  }

  @Override
  public void bind(Binding binding, int startToken) {
    recorder.perform(() -> new Slots(binding.state()).bind(binding, startToken));
  }

  @Override
  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
    boolean agree =
        logits.shape().rows() == tokens.count() && bias.shape().rows() == logits.shape().columns();
    Agreement.check(agree, "advance", logits, bias);
    LogitsCandidates search =
        searches.computeIfAbsent(tokens.state(), state -> new LogitsCandidates(math, state));
    recorder.perform(() -> search.advance(CpuTensor.of(logits), CpuTensor.of(bias), tokens));
  }

  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    if (state.shortlists().isPresent()) {
      return new LogitsSearch(this, words, bias, rows);
    }
    float[] biases = new float[words.outputs()];
    CpuTensor.of(bias).readVector(biases);
    SlicedSearch.Words packed = new SlicedSearch.Words((PackedLinear) words, biases);
    SlicedSearch search = new SlicedSearch(math, products, packed, state, rows);
    return (x, tokens) -> {
      Agreement.check(
          x.shape().equals(new Shape(tokens.count(), words.inputs())), "searchAmong", x);
      recorder.perform(search.advance(CpuTensor.of(x), tokens));
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>Everything that an operation needs is made once, here, so that running it leaves no garbage
   * behind.
   */
  @Override
  public Runnable record(Runnable step) {
    return recorder.record(step);
  }

  @Override
  public Device fork() {
    return new CpuDevice(memory.fork(), math, suitedRows);
  }

  @Override
  public void close() {
    products.close();
    memory.closed();
  }
}
