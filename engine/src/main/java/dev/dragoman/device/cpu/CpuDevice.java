package dev.dragoman.device.cpu;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.IdentityHashMap;
import java.util.Map;

/** The processor. One thread of execution; forks share the weights. */
final class CpuDevice implements Device {
  private static final int SUITED_ROWS = 64;

  private final CpuMemory memory;
  private final VectorMath math;
  private final Products products;
  private final Attention attention;
  private final Map<SlotState, BeamStep> searches = new IdentityHashMap<>();

  private CpuDevice(CpuMemory memory, VectorMath math) {
    this.memory = memory;
    this.math = math;
    this.products = new Products(memory.bytesHeld());
    this.attention = new Attention(math);
    memory.opened();
  }

  /** A device whose products have this precision, F32 or BF16. */
  static CpuDevice open(DataType precision, VectorMath math) {
    return new CpuDevice(new CpuMemory(precision), math);
  }

  @Override
  public String name() {
    return "cpu (" + (memory.precision() == DataType.BF16 ? "bfloat16" : "float32") + ")";
  }

  @Override
  public DeviceCapacity capacity() {
    Runtime jvm = Runtime.getRuntime();
    long free = jvm.maxMemory() - (jvm.totalMemory() - jvm.freeMemory());
    return new DeviceCapacity(jvm.availableProcessors(), SUITED_ROWS, free);
  }

  @Override
  public long bytesHeld() {
    return memory.bytesHeld().get();
  }

  @Override
  public Tensor allocate(DataType type, Shape shape) {
    memory.bytesHeld().addAndGet((long) shape.size() * type.bytes());
    return CpuTensor.allocate(type, shape);
  }

  @Override
  public Linear pack(HostTensor weight, float[] bias) {
    return memory.keep(new PackedLinear(weight, bias, memory.precision(), products.stream));
  }

  @Override
  public void upload(float[] from, Tensor to) {
    CpuTensor tensor = CpuTensor.of(to);
    check(tensor.isContiguous() && from.length <= to.shape().size(), "upload", to);
    System.arraycopy(from, 0, CpuTensor.floats(to), tensor.at(0), from.length);
  }

  @Override
  public void upload(int[] from, Tensor to) {
    CpuTensor tensor = CpuTensor.of(to);
    check(tensor.isContiguous() && from.length <= to.shape().size(), "upload", to);
    System.arraycopy(from, 0, CpuTensor.ints(to), tensor.at(0), from.length);
  }

  @Override
  public void download(Tensor from, float[] to) {
    CpuTensor tensor = CpuTensor.of(from);
    int columns = from.shape().columns();
    for (int row = 0; row < from.shape().rows(); row++) {
      System.arraycopy(CpuTensor.floats(from), tensor.at(row), to, row * columns, columns);
    }
  }

  @Override
  public void download(Tensor from, int[] to) {
    CpuTensor tensor = CpuTensor.of(from);
    int columns = from.shape().columns();
    for (int row = 0; row < from.shape().rows(); row++) {
      System.arraycopy(CpuTensor.ints(from), tensor.at(row), to, row * columns, columns);
    }
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    check(from.shape().equals(to.shape()), "copy", from, to);
    for (int row = 0; row < from.shape().rows(); row++) {
      copyRow(CpuTensor.of(from), row, CpuTensor.of(to), row);
    }
  }

  @Override
  public void synchronize() {} // every operation is done when it returns

  @Override
  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
    int width = table.tokens().shape().columns();
    check(out.shape().equals(new Shape(tokens.count(), width)), "embed", table.tokens(), out);
    for (int row = 0; row < tokens.count(); row++) {
      int id;
      int position;
      if (tokens instanceof TokenRows.Packed packed) {
        id = CpuTensor.ints(packed.ids())[row];
        position = CpuTensor.ints(packed.positions())[row];
      } else {
        TokenRows.Decoding decoding = (TokenRows.Decoding) tokens;
        int beamRow = CpuTensor.ints(decoding.rows())[row];
        SlotState state = decoding.state();
        position = CpuTensor.ints(state.steps())[beamRow / state.rules().beamSize()];
        id = CpuTensor.ints(state.tokens())[beamRow * state.rules().maxLength() + position];
      }
      math.scaleAdd(
          row(table.tokens(), id),
          table.scale(),
          row(table.positions(), position),
          row(out, row),
          width);
    }
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    check(
        x.shape().columns() == weights.inputs()
            && out.shape().equals(new Shape(x.shape().rows(), weights.outputs())),
        "linear",
        x,
        out);
    products.linear(CpuTensor.of(x), (PackedLinear) weights, CpuTensor.of(out));
  }

  @Override
  public void attend(AttentionInputs inputs, Tensor out) {
    check(
        inputs.queries().shape().equals(out.shape())
            && inputs.keys().shape().equals(inputs.values().shape())
            && out.shape().columns() % inputs.heads() == 0,
        "attend",
        inputs.queries(),
        inputs.keys(),
        out);
    attention.attend(inputs, CpuTensor.of(out));
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    check(
        x.shape().columns() == weights.first().inputs()
            && weights.first().outputs() == weights.second().inputs()
            && out.shape().equals(new Shape(x.shape().rows(), weights.second().outputs())),
        "feedForward",
        x,
        out);
    products.feedForward(CpuTensor.of(x), weights, CpuTensor.of(out));
  }

  @Override
  public void norm(Tensor x, LayerNorm norm, Tensor out) {
    if (x != out) {
      copy(x, out);
    }
    for (int row = 0; row < out.shape().rows(); row++) {
      normalize(row(out, row), norm);
    }
  }

  @Override
  public void add(Tensor x, Tensor y, Tensor out) {
    check(x.shape().equals(y.shape()) && x.shape().equals(out.shape()), "add", x, y, out);
    for (int row = 0; row < out.shape().rows(); row++) {
      math.add(row(x, row), row(y, row), row(out, row), out.shape().columns());
    }
  }

  @Override
  public void addNorm(Tensor x, Tensor residual, LayerNorm norm, Tensor out) {
    check(
        x.shape().equals(residual.shape()) && x.shape().equals(out.shape()),
        "addNorm",
        x,
        residual,
        out);
    for (int row = 0; row < out.shape().rows(); row++) {
      VectorMath.Row sum = row(out, row);
      math.add(row(x, row), row(residual, row), sum, out.shape().columns());
      normalize(sum, norm);
    }
  }

  private void normalize(VectorMath.Row x, LayerNorm norm) {
    int width = norm.gain().shape().rows();
    math.normalize(
        x, CpuTensor.floats(norm.gain()), CpuTensor.floats(norm.bias()), norm.epsilon(), width);
  }

  @Override
  public void appendKeysValues(
      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    check(keys.shape().rows() == tokens.count(), "appendKeysValues", keys, values);
    SlotState state = tokens.state();
    int[] rows = CpuTensor.ints(tokens.rows());
    for (int i = 0; i < tokens.count(); i++) {
      int step = CpuTensor.ints(state.steps())[rows[i] / state.rules().beamSize()];
      int place = rows[i] * state.rules().maxLength() + step;
      copyRow(CpuTensor.of(keys), i, CpuTensor.of(cache.keys()), place);
      copyRow(CpuTensor.of(values), i, CpuTensor.of(cache.values()), place);
    }
  }

  @Override
  public void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
    int[] offsets = CpuTensor.ints(binding.tokens().offsets());
    int[] starts = CpuTensor.ints(binding.starts());
    for (int sentence = 0; sentence < binding.slots().shape().rows(); sentence++) {
      int place = starts[sentence];
      for (int row = offsets[sentence]; row < offsets[sentence + 1]; row++, place++) {
        copyRow(CpuTensor.of(keys), row, CpuTensor.of(cache.keys()), place);
        copyRow(CpuTensor.of(values), row, CpuTensor.of(cache.values()), place);
      }
    }
  }

  @Override
  public void bind(Binding binding, int startToken) {
    int[] offsets = CpuTensor.ints(binding.tokens().offsets());
    int[] slots = CpuTensor.ints(binding.slots());
    int[] starts = CpuTensor.ints(binding.starts());
    Slots state = new Slots(binding.state());
    for (int sentence = 0; sentence < binding.slots().shape().rows(); sentence++) {
      int slot = slots[sentence];
      state.bindSource(slot, starts[sentence], offsets[sentence + 1] - offsets[sentence]);
      state.start(slot, startToken);
    }
  }

  @Override
  public void advance(Tensor logits, TokenRows.Decoding tokens) {
    check(logits.shape().rows() == tokens.count(), "advance", logits);
    searches
        .computeIfAbsent(tokens.state(), state -> new BeamStep(math, state))
        .advance(CpuTensor.of(logits), tokens);
  }

  @Override
  public Runnable record(Runnable step) {
    return step;
  }

  @Override
  public Device fork() {
    return new CpuDevice(memory, math);
  }

  @Override
  public void close() {
    products.close();
    memory.closed();
  }

  private static VectorMath.Row row(Tensor tensor, int row) {
    CpuTensor there = CpuTensor.of(tensor);
    return new VectorMath.Row(CpuTensor.floats(there), there.at(row));
  }

  private static void copyRow(CpuTensor from, int fromRow, CpuTensor to, int toRow) {
    boolean floats = from.type() == DataType.F32;
    System.arraycopy(
        floats ? CpuTensor.floats(from) : CpuTensor.ints(from),
        from.at(fromRow),
        floats ? CpuTensor.floats(to) : CpuTensor.ints(to),
        to.at(toRow),
        from.shape().columns());
  }

  private static void check(boolean agree, String operation, Tensor... tensors) {
    if (!agree) {
      throw new IllegalArgumentException(
          operation + ": shapes do not agree: " + java.util.Arrays.toString(tensors));
    }
  }
}
