// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Devices that are broken in one operation each, with the names of the cases that show it. */
final class DeviceFaults {

  private DeviceFaults() {}

  /** Returns the names of cases, and what breaks a device so that these are wrong and no others. */
  static Stream<Arguments> all() {
    return Stream.of(products(), attention(), layers(), search(), host()).flatMap(faults -> faults);
  }

  private static Stream<Arguments> products() {
    return Stream.of(
        doubling("linear", "linear", "searchAmong"),
        doubling("feedForward", "feedForward"),
        doubling("linearToShortlists", "linearToShortlists"),
        fault(
            Set.of("linear", "searchAmong"),
            device ->
                new Faulty(device) {
                  @Override
                  public void linear(Tensor x, Linear weights, Tensor out) {
                    throw new IllegalStateException("the product is lost");
                  }
                }));
  }

  private static Stream<Arguments> attention() {
    return Stream.of(
        doubling("attend, past", "attend, past"),
        fault(
            Set.of("appendKeysValues"),
            device ->
                new Faulty(device) {
                  @Override
                  public void appendKeysValues(
                      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
                    super.appendKeysValues(keys, keys, tokens, cache);
                  }
                }),
        fault(
            Set.of("bindKeysValues"),
            device ->
                new Faulty(device) {
                  @Override
                  public void bindKeysValues(
                      Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
                    super.bindKeysValues(values, keys, binding, cache);
                  }
                }));
  }

  private static Stream<Arguments> layers() {
    return Stream.of(
        doubling("embed", "embed, packed", "embed, decoding"),
        doubling("add", "add", "record", "snapshot, allocateShared, peek"),
        fault(
            Set.of("norm"),
            device ->
                new Faulty(device) {
                  @Override
                  public void norm(Tensor x, LayerNorm norm, Tensor out) {
                    add(x, norm.bias(), x, out);
                  }
                }),
        fault(
            Set.of("addNorm"),
            device ->
                new Faulty(device) {
                  @Override
                  public void addNorm(
                      Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
                    norm(x, norm, out);
                  }
                }));
  }

  private static Stream<Arguments> search() {
    return Stream.of(
        fault(
            Set.of("bind", "advance", "advance, shortlists", "searchAmong"),
            device ->
                new Faulty(device) {
                  @Override
                  public void bind(Binding binding, int startToken) {}
                }),
        fault(
            Set.of("advance", "advance, shortlists", "searchAmong"),
            device ->
                new Faulty(device) {
                  @Override
                  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
                    doubled(logits);
                    super.advance(logits, bias, tokens);
                  }
                }));
  }

  private static Stream<Arguments> host() {
    return Stream.of(
        fault(
            Set.of("record"),
            device ->
                new Faulty(device) {
                  @Override
                  public Runnable record(Runnable step) {
                    step.run();
                    return () -> {};
                  }
                }),
        fault(
            Set.of("snapshot, allocateShared, peek"),
            device ->
                new Faulty(device) {
                  @Override
                  public void peek(Tensor shared, float[] to) {} // what was there before
                }),
        fault(
            Set.of("upload, download of integers"),
            device ->
                new Faulty(device) {
                  @Override
                  public void download(Tensor from, int[] to) {
                    super.download(from, to);
                    to[to.length - 1] += to.length > 1000 ? 1 : 0;
                  }
                }));
  }

  /** Returns a fault that doubles the results of an operation, and the names of cases. */
  private static Arguments doubling(String operation, String... wrong) {
    return fault(Set.of(wrong), device -> new Doubling(device, operation));
  }

  private static Arguments fault(Set<String> operations, UnaryOperator<Device> fault) {
    return Arguments.of(operations, fault);
  }

  /** A device that a test breaks. */
  abstract static class Faulty extends WatchedDevice {
    Faulty(Device device) {
      super(device);
    }

    /** Doubles numbers on the device itself, so that a broken sum does not break the others. */
    void doubled(Tensor tensor) {
      Tensor nothing = device.allocate(DataType.F32, new Shape(tensor.shape().columns(), 1));
      device.add(tensor, nothing, tensor, tensor);
    }

    @Override
    public Device fork() {
      throw new UnsupportedOperationException("the check does not fork");
    }
  }

  /** A device that doubles the results of one operation. */
  private static final class Doubling extends Faulty {
    private final String broken;

    Doubling(Device device, String broken) {
      super(device);
      this.broken = broken;
    }

    private void doubleIf(String operation, Tensor out) {
      if (operation.equals(broken)) {
        doubled(out);
      }
    }

    @Override
    public void linear(Tensor x, Linear weights, Tensor out) {
      super.linear(x, weights, out);
      doubleIf("linear", out);
    }

    @Override
    public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
      super.feedForward(x, weights, out);
      doubleIf("feedForward", out);
    }

    @Override
    public void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
      super.linearToShortlists(x, words, tokens, out);
      doubleIf("linearToShortlists", out);
    }

    @Override
    public void attend(AttentionInputs inputs, Tensor out) {
      super.attend(inputs, out);
      doubleIf(inputs.mask() instanceof Mask.Past ? "attend, past" : "attend", out);
    }

    @Override
    public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
      super.embed(tokens, table, out);
      doubleIf("embed", out);
    }

    @Override
    public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
      super.add(x, bias, residual, out);
      doubleIf("add", out);
    }
  }
}
