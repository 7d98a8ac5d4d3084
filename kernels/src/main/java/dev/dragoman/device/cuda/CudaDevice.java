// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Linear;
import dev.dragoman.device.LogitsSearch;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WordSearch;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import jcuda.CudaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GPU with a stream and memory of its own. Products run on cuBLAS, those of int8 and everything
 * else on our kernels. Forks share the weights.
 */
final class CudaDevice implements Device {
  private static final Logger log = LoggerFactory.getLogger(CudaDevice.class);

  /** The workers of a GPU: one computes while the host prepares the other's next step. */
  private static final int WORKERS = 2;

  /** The rows of a step that fill a large GPU; not measured yet. */
  static final int SUITED_ROWS = 2048;

  /** The steps that are launched while the host reads the results of the one before. */
  private static final int STEPS_AHEAD = 1;

  private final Execution execution;
  private final DataType precision;
  private final Function<Execution, MatrixProduct> products;
  private final MatrixProduct product;
  private final String name;
  private final DeviceMemory memory;
  private final CudaCopies copies;
  private final CudaPacking packing;
  private final CudaLayers layers;
  private final CudaProducts weighted;
  private final CudaAttention attention;
  private final CudaSearch search;

  private CudaDevice(
      Execution execution,
      DataType precision,
      Function<Execution, MatrixProduct> products,
      DeviceMemory memory) {
    this.execution = execution;
    this.precision = precision;
    this.products = products;
    this.memory = memory;
    this.product = execution.make(products);
    this.name = name(execution.gpu(), precision, product);
    this.copies = new CudaCopies(execution);
    this.packing = new CudaPacking(execution, memory, precision);
    this.layers = new CudaLayers(execution);
    this.weighted = new CudaProducts(execution, product);
    this.attention = new CudaAttention(execution);
    this.search = new CudaSearch(execution);
  }

  private static String name(Gpu gpu, DataType precision, MatrixProduct product) {
    return String.format(
        "%s (%s, %s, %s)", gpu.name(), gpu.product(), precision.label(), product.name());
  }

  /**
   * Opens a device on this GPU.
   *
   * @param precision the type of weights, intermediate results and caches: F32, F16 or BF16; or I8
   *     for the weights of products, with all else F16
   * @param products makes what multiplies matrices on a fork
   */
  static CudaDevice open(Gpu gpu, DataType precision, Function<Execution, MatrixProduct> products) {
    return new CudaDevice(new Execution(gpu), precision, products, gpu.sharedMemory());
  }

  /** Returns what multiplies. */
  MatrixProduct product() {
    return product;
  }

  /** Returns the attention, which tests call in its parts. */
  CudaAttention attention() {
    return attention;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Fact> facts() {
    return Stream.concat(Stream.of(new Fact("products", product.name())), product.facts().stream())
        .toList();
  }

  @Override
  public String arithmetic() {
    return "cuda (" + precision.label() + ")";
  }

  @Override
  public DeviceCapacity capacity() {
    return new DeviceCapacity(
        WORKERS, SUITED_ROWS, product.leastRows(), STEPS_AHEAD, activations());
  }

  private DataType activations() {
    return CudaLinear.activations(precision);
  }

  @Override
  public long freeBytes() {
    execution.stream(); // this thread's context
    long ofWorkers = WORKERS * (Execution.WORKSPACE_BYTES + product.workspaceBytes());
    return Math.max(0, DeviceMemory.free() - ofWorkers);
  }

  @Override
  public long bytesHeld() {
    return execution.gpu().bytesHeld().get();
  }

  @Override
  public Tensor allocate(DataType type, Shape shape) {
    execution.memory(); // outside of a recording, and with this thread's context
    DevicePointer pointer = memory.take((long) shape.size() * type.bytes());
    CudaTensor tensor = CudaTensor.contiguous(pointer, type, shape);
    copies.fillWithZeros(tensor);
    return tensor;
  }

  @Override
  public KeyValueCache allocateCache(Shape shape, int heads) {
    return new KeyValueCache(allocate(activations(), shape), allocate(activations(), shape));
  }

  @Override
  public KeyValueCache allocateSourceCache(Shape shape, int heads) {
    return allocateCache(shape, heads);
  }

  @Override
  public Tensor allocateShared(DataType type, Shape shape) {
    execution.memory();
    DevicePointer pointer = memory.takeShared((long) shape.size() * type.bytes());
    CudaTensor tensor = CudaTensor.contiguous(pointer, type, shape);
    copies.fillWithZeros(tensor);
    return tensor;
  }

  @Override
  public Snapshot snapshot(Tensor of) {
    return execution.snapshot(CudaTensor.of(of));
  }

  @Override
  public Linear pack(HostTensor weight, float[] bias) {
    return pack(weight, bias, activations());
  }

  @Override
  public Linear packWords(HostTensor weight) {
    return pack(weight, new float[weight.shape().rows()], DataType.F32);
  }

  private Linear pack(HostTensor weight, float[] bias, DataType out) {
    CudaLinear linear = packing.pack(weight, bias);
    product.prepare(linear, out);
    return linear;
  }

  @Override
  public Linear packForShortlists(HostTensor weight) {
    return packWords(weight);
  }

  @Override
  public void tune(FeedForwardWeights weights) {
    weighted.tune(weights);
  }

  @Override
  public void upload(float[] from, Tensor to) {
    copies.upload(from, CudaTensor.of(to));
  }

  @Override
  public void upload(int[] from, Tensor to) {
    copies.upload(from, CudaTensor.of(to));
  }

  @Override
  public void download(Tensor from, float[] to) {
    copies.download(CudaTensor.of(from), to);
  }

  @Override
  public void download(Tensor from, int[] to) {
    copies.download(CudaTensor.of(from), to);
  }

  @Override
  public void peek(Tensor shared, float[] to) {
    CudaTensor tensor = CudaTensor.of(shared);
    memory.look(tensor.pointer(), tensor.bytes()).asFloatBuffer().get(to, 0, tensor.shape().size());
  }

  @Override
  public void peek(Tensor shared, int[] to) {
    CudaTensor tensor = CudaTensor.of(shared);
    memory.look(tensor.pointer(), tensor.bytes()).asIntBuffer().get(to, 0, tensor.shape().size());
  }

  @Override
  public void synchronize() {
    execution.synchronize();
  }

  @Override
  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
    layers.embed(tokens, table, CudaTensor.of(out));
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    weighted.linear(CudaTensor.of(x), CudaLinear.of(weights), CudaTensor.of(out));
  }

  /**
   * {@inheritDoc}
   *
   * <p>It computes the logits of all words, as one dense product of the rows of all slots runs at
   * the tensor cores' speed; each logit still depends on its row and its word alone.
   */
  @Override
  public void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
    linear(x, words, out);
  }

  @Override
  public void attend(AttentionInputs inputs, Tensor out) {
    attention.attend(inputs, CudaTensor.of(out));
  }

  @Override
  public void attendAndKeep(AttentionInputs inputs, AttentionHistory history, Tensor out) {
    attention.attend(inputs, CudaTensor.of(out));
    attention.keep(inputs, history);
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    weighted.feedForward(CudaTensor.of(x), weights, CudaTensor.of(out));
  }

  @Override
  public void norm(Tensor x, LayerNorm norm, Tensor out) {
    layers.norm(CudaTensor.of(x), norm, CudaTensor.of(out));
  }

  @Override
  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
    layers.add(CudaLayers.Sum.of(x, bias, residual), CudaTensor.of(out));
  }

  @Override
  public void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
    layers.addNorm(CudaLayers.Sum.of(x, bias, residual), norm, CudaTensor.of(out));
  }

  @Override
  public void appendKeysValues(
      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    layers.append(CudaTensor.of(keys), CudaTensor.of(values), tokens, cache);
  }

  @Override
  public void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
    layers.bind(CudaTensor.of(keys), CudaTensor.of(values), binding, cache);
  }

  @Override
  public void bind(Binding binding, int startToken) {
    search.bind(binding, startToken);
  }

  @Override
  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
    search.advance(CudaTensor.of(logits), CudaTensor.of(bias), tokens);
  }

  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    return new LogitsSearch(this, words, bias, rows);
  }

  @Override
  public Runnable record(Runnable step) {
    return execution.record(step);
  }

  @Override
  public Device fork() {
    execution.synchronize(); // what has been uploaded is there for another stream
    Execution another = new Execution(execution.gpu());
    return new CudaDevice(another, precision, products, another.memory());
  }

  @Override
  public void close() {
    try {
      execution.synchronize();
      product.close();
    } catch (DeviceLostException | CudaException e) {
      log.debug("{} is lost", execution.gpu().name(), e);
    }
    execution.close();
  }
}
