package dev.dragoman.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
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
import dev.dragoman.operations.Catalogue;
import dev.dragoman.operations.Operation;
import dev.dragoman.operations.Sizes;
import dev.dragoman.operations.Types;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The doctor tries everything, is content with a device that is right, and finds what is not. */
class OperationCheckTest {
  /** Methods that compute nothing: they show in the others. */
  private static final Set<String> SILENT =
      Set.of(
          "name",
          "arithmetic",
          "capacity",
          "facts",
          "freeBytes",
          "bytesHeld",
          "allocate",
          "allocateCache",
          "allocateSourceCache",
          "pack",
          "packForShortlists",
          "packWords",
          "tune",
          "synchronize",
          "fork",
          "close");

  @Test
  void everyOperationOfTheSeamIsTried() {
    Set<String> seam =
        Stream.of(Device.class.getDeclaredMethods())
            .filter(method -> !method.isSynthetic())
            .map(Method::getName)
            .filter(name -> !SILENT.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> tried =
        Catalogue.operations().stream()
            .flatMap(operation -> Stream.of(operation.name().split("[, ]+")))
            .filter(seam::contains)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(seam, tried);
  }

  @Test
  void theProcessorIsRight() {
    List<OperationResult> results = check(UnaryOperator.identity(), Catalogue.operations());
    assertEquals(Catalogue.operations().size(), results.size());
    for (OperationResult result : results) {
      assertTrue(result.deviation().agrees(), result.toString());
      assertTrue(result.seconds() > 0, result.toString());
      assertTrue(result.work().bytes() > 0, result.toString());
    }
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            Set.of("linear", "searchAmong"),
            device ->
                new Faulty(device) {
                  @Override
                  public void linear(Tensor x, Linear weights, Tensor out) {
                    super.linear(x, weights, out);
                    doubled(out);
                  }
                }),
        fault(
            Set.of("feedForward"),
            device ->
                new Faulty(device) {
                  @Override
                  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
                    super.feedForward(x, weights, out);
                    doubled(out);
                  }
                }),
        fault(
            Set.of("attend, past"),
            device ->
                new Faulty(device) {
                  @Override
                  public void attend(AttentionInputs inputs, Tensor out) {
                    super.attend(inputs, out);
                    if (inputs.mask() instanceof Mask.Past) {
                      doubled(out);
                    }
                  }
                }),
        fault(
            Set.of("embed, packed", "embed, decoding"),
            device ->
                new Faulty(device) {
                  @Override
                  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
                    super.embed(tokens, table, out);
                    doubled(out);
                  }
                }),
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
            Set.of("add", "record", "snapshot, allocateShared, peek"),
            device ->
                new Faulty(device) {
                  @Override
                  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
                    super.add(x, bias, residual, out);
                    doubled(out);
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
                }),
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
                }),
        fault(
            Set.of("linearToShortlists"),
            device ->
                new Faulty(device) {
                  @Override
                  public void linearToShortlists(
                      Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
                    super.linearToShortlists(x, words, tokens, out);
                    doubled(out);
                  }
                }),
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
                }),
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
                }),
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

  @ParameterizedTest
  @MethodSource("faults")
  void findsWhatIsWrongAndNothingElse(Set<String> operations, UnaryOperator<Device> fault) {
    Set<String> wrong =
        check(fault).stream()
            .filter(result -> !result.deviation().agrees())
            .map(OperationResult::operation)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(operations), wrong);
  }

  @Test
  void saysHowAnOperationFailed() {
    OperationResult failed =
        check(
                device ->
                    new Faulty(device) {
                      @Override
                      public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
                        throw new IllegalStateException("the sum is lost");
                      }
                    })
            .stream()
            .filter(result -> result.operation().equals("add"))
            .findFirst()
            .orElseThrow();
    assertEquals("failed: the sum is lost", failed.deviation().where());
    assertFalse(Double.isFinite(failed.seconds()));
  }

  private static Arguments fault(Set<String> operations, UnaryOperator<Device> fault) {
    return Arguments.of(operations, fault);
  }

  /** Without special cases, since a fault shows in any case of its operation. */
  private static List<OperationResult> check(UnaryOperator<Device> fault) {
    return check(
        fault,
        Catalogue.operations().stream()
            .map(each -> new Operation(each.name(), each.ofSizes(), List.of()))
            .toList());
  }

  private static List<OperationResult> check(
      UnaryOperator<Device> fault, List<Operation> operations) {
    List<OperationResult> results = new ArrayList<>();
    DataType f32 = DataType.F32;
    try (SharedDevice shared =
        new SharedDevice(() -> new Forked(Devices.open("cpu", Optional.of(f32)), fault))) {
      new OperationCheck(shared, new Types(f32, f32), Sizes.WIDE, Stopwatch.ONCE)
          .run(operations, results::add);
    }
    return results;
  }

  /** A device with faulty forks. */
  private static final class Forked extends WatchedDevice {
    private final UnaryOperator<Device> fault;

    Forked(Device device, UnaryOperator<Device> fault) {
      super(device);
      this.fault = fault;
    }

    @Override
    public Device fork() {
      return fault.apply(device.fork());
    }
  }

  /** A device that a test breaks. */
  private abstract static class Faulty extends WatchedDevice {
    Faulty(Device device) {
      super(device);
    }

    /** By the device itself, so that a broken sum does not break the others. */
    void doubled(Tensor tensor) {
      Tensor nothing = device.allocate(DataType.F32, new Shape(tensor.shape().columns(), 1));
      device.add(tensor, nothing, tensor, tensor);
    }

    @Override
    public Device fork() {
      throw new UnsupportedOperationException("the check does not fork");
    }
  }
}
