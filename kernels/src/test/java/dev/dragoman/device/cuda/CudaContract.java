// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceContract;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;

/** The contract on CUDA, for each variant that a subclass names. */
abstract class CudaContract extends DeviceContract {
  @Parameter Variant variant;

  /** The ways in which the emulated driver runs kernels; a GPU runs them as they are. */
  enum KernelBehavior {
    AS_THEY_ARE,
    /** Kernels with every check of UndefinedBehaviorSanitizer, on the emulated driver alone. */
    CHECKED,
    /** Kernels whose functions are as inexact as a GPU's. */
    INEXACT
  }

  /**
   * A way of computing.
   *
   * @param timing of the emulated driver
   * @param order of its threads
   */
  record Variant(
      DataType precision,
      CudaDevices.Products products,
      Timing timing,
      Order order,
      KernelBehavior kernels) {}

  @Override
  protected Device open() {
    return switch (variant.kernels) {
      case AS_THEY_ARE -> openAsItIs();
      case CHECKED -> openChecked();
      case INEXACT -> {
        Device device = openAsItIs();
        beInexact(true);
        yield device;
      }
    };
  }

  private Device openAsItIs() {
    CudaDevices.behave(variant.timing, variant.order);
    return CudaDevices.open(variant.precision, variant.products);
  }

  private Device openChecked() {
    EmulatedDriver.requireEmulation();
    EmulatedDriver.findUndefined(true);
    try {
      Device device = openAsItIs();
      String libraries = Files.readString(Path.of("/proc/self/maps"));
      assertTrue(libraries.contains("kernels-undefined.so"), "kernels without checks");
      return device;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      EmulatedDriver.findUndefined(false);
    }
  }

  private static void beInexact(boolean inexact) {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.beInexact(inexact);
    }
  }

  @Override
  protected DataType precision() {
    return variant.precision;
  }

  @Override
  public DataType activations() {
    return CudaLinear.activations(variant.precision);
  }

  @AfterEach
  void noKernelWroteBesideItsBuffers() {
    if (EmulatedDriver.isEmulated()) {
      assertTrue(EmulatedDriver.memoryIsWhole(), "a kernel wrote beside a buffer");
    }
  }

  @AfterEach
  void beExact() {
    if (variant.kernels == KernelBehavior.INEXACT) {
      beInexact(false);
    }
  }
}
