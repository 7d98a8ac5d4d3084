// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.Tensor;
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

  @ParameterizedTest
  @MethodSource("dev.dragoman.doctor.DeviceFaults#all")
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
                    new DeviceFaults.Faulty(device) {
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

  /** Checks without special cases, since a fault shows in any case of its operation. */
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
}
