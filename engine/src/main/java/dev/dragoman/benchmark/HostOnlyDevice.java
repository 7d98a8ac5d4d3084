// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.device.Binding;
import dev.dragoman.device.CopiedSnapshot;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.InterceptingDevice;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.WordSearch;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A device that computes nothing and takes no time: every sentence ends with its first step, and
 * every translation is the same. What is left is what the host does for each sentence.
 */
public final class HostOnlyDevice extends InterceptingDevice {
  private static final int ROWS = 2048;

  private final int[] translation;

  /** Makes a device on which every sentence becomes these tokens, without the end token. */
  public HostOnlyDevice(int[] translation) {
    this.translation = translation.clone();
  }

  /** A tensor without numbers; what is read from it are the same ones for each row. */
  private static final class Hollow implements Tensor {
    private final DataType type;
    private final Shape shape;
    private final Hollow whole;
    private int[] row = {0};

    Hollow(DataType type, Shape shape, Hollow whole) {
      this.type = type;
      this.shape = shape;
      this.whole = whole == null ? this : whole;
    }

    static void fill(Tensor tensor, int... row) {
      ((Hollow) tensor).whole.row = row;
    }

    @Override
    public DataType type() {
      return type;
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public Tensor rows(int first, int count) {
      return new Hollow(type, new Shape(count, shape.columns()), whole);
    }

    @Override
    public Tensor columns(int first, int count) {
      return new Hollow(type, new Shape(shape.rows(), count), whole);
    }
  }

  private record HollowLinear(int inputs, int outputs) implements Linear {}

  @Override
  public String name() {
    return "nothing";
  }

  @Override
  public String arithmetic() {
    return name();
  }

  @Override
  public DeviceCapacity capacity() {
    return new DeviceCapacity(1, ROWS);
  }

  @Override
  public long freeBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public long bytesHeld() {
    return 0;
  }

  @Override
  public Tensor allocate(DataType type, Shape shape) {
    return new Hollow(type, shape, null);
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
  public KeyValueCache allocateCache(Shape shape, int heads) {
    return new KeyValueCache(allocate(DataType.F32, shape), allocate(DataType.F32, shape));
  }

  @Override
  public KeyValueCache allocateSourceCache(Shape shape, int heads) {
    return allocateCache(shape, heads);
  }

  @Override
  public Linear pack(HostTensor weight, float[] bias) {
    return packWords(weight);
  }

  @Override
  public Linear packWords(HostTensor weight) {
    return new HollowLinear(weight.shape().columns(), weight.shape().rows());
  }

  @Override
  public Linear packForShortlists(HostTensor weight) {
    return packWords(weight);
  }

  @Override
  public void upload(float[] from, Tensor to) {}

  @Override
  public void upload(int[] from, Tensor to) {}

  @Override
  public void download(Tensor from, float[] to) {
    Arrays.fill(to, 0, from.shape().size(), -1);
  }

  @Override
  public void download(Tensor from, int[] to) {
    int[] row = ((Hollow) from).whole.row;
    int columns = from.shape().columns();
    for (int first = 0; first < from.shape().size(); first += columns) {
      System.arraycopy(row, 0, to, first, Math.min(columns, row.length));
    }
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
  public void synchronize() {}

  @Override
  protected void perform(String operation, Consumer<Device> call) {} // takes no time

  @Override
  public void tune(FeedForwardWeights weights) {}

  /** {@inheritDoc} The translation is there at once. */
  @Override
  public void bind(Binding binding, int startToken) {
    SlotState state = binding.state();
    SlotState.Hypotheses hypotheses = state.hypotheses();
    int length = Math.min(translation.length, state.rules().maxLength());
    Hollow.fill(state.progress().status(), SlotState.FINISHED);
    Hollow.fill(hypotheses.counts(), state.rules().hypotheses());
    Hollow.fill(hypotheses.lengths(), length);
    Hollow.fill(hypotheses.ended(), 1);
    Hollow.fill(hypotheses.tokens(), Arrays.copyOf(translation, length));
  }

  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    return (x, tokens) -> {};
  }

  @Override
  public Runnable record(Runnable step) {
    return () -> {};
  }

  @Override
  public Device fork() {
    return new HostOnlyDevice(translation);
  }

  @Override
  public void close() {}
}
