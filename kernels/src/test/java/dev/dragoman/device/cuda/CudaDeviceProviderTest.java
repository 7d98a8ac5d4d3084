// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceRequest;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.Devices;
import dev.dragoman.device.OutOfDeviceMemoryException;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Volume;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users read where CUDA cannot be used. */
class CudaDeviceProviderTest {

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  @AfterEach
  void restore() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.pretendNothing();
    }
  }

  @Test
  void aGpuIsFoundByItsNameAndIsFloat16UnlessAskedOtherwise() {
    try (Device device = Devices.open("cuda", Optional.empty())) {
      assertEquals("cuda:0 (emulated GPU, float16, cublasLt 12.6)", device.name());
    }
    try (Device device = Devices.open("cuda:0", Optional.of(DataType.F32))) {
      assertTrue(device.name().contains("float32"));
    }
  }

  @Test
  void aGpusContextIsOpenedOnce() {
    Devices.open("cuda:0", Optional.empty()).close();
    long before = EmulatedDriver.counters().contexts();
    for (DataType precision : List.of(DataType.F16, DataType.I8)) {
      Devices.open("cuda:0", Optional.of(precision)).close();
    }
    assertEquals(before, EmulatedDriver.counters().contexts());
  }

  @Test
  void bfloat16BeginsWithAmpere() {
    EmulatedDriver.pretendCapability(75);
    long before = EmulatedDriver.counters().memory().bytes();
    assertMessage(
        open(0, DataType.BF16),
        "cuda:0 (emulated GPU, compute capability 7.5) has no bfloat16",
        "the setting precision=float16");
    assertEquals(before, EmulatedDriver.counters().memory().bytes());
    EmulatedDriver.pretendCapability(80);
    try (Device device = Devices.open("cuda:0", Optional.of(DataType.BF16))) {
      assertEquals("cuda:0 (emulated GPU, bfloat16, cublasLt 12.6)", device.name());
    }
  }

  @Test
  void autoTakesTheGpu() {
    try (Device device = Devices.open("auto", Optional.empty())) {
      assertTrue(device.name().startsWith("cuda"));
    }
  }

  @Test
  void noDriver() {
    String usual = System.getProperty(NativeLibraries.FOLDER_PROPERTY);
    System.setProperty(NativeLibraries.FOLDER_PROPERTY, "/nowhere");
    try {
      assertMessage(open(0, DataType.F32), "no NVIDIA driver was found");
    } finally {
      System.setProperty(NativeLibraries.FOLDER_PROPERTY, usual);
    }
  }

  @Test
  void noGpu() {
    EmulatedDriver.pretend(0, 13000, 1L << 30);
    assertMessage(open(0, DataType.F32), "finds no GPU", "CUDA_ERROR_NO_DEVICE", "nvidia-smi");
  }

  @ParameterizedTest
  @CsvSource({"11080,11.8", "12090,12.9"})
  void anOldDriver(int version, String name) {
    EmulatedDriver.pretend(1, version, 1L << 30);
    assertMessage(
        open(0, DataType.F32),
        "too old",
        "CUDA " + name,
        "CUDA 13.0 is needed",
        "version 580 or newer",
        "the setting device=cpu");
  }

  @Test
  void aGpuThatIsNotThere() {
    assertMessage(open(1, DataType.F32), "there is no cuda:1", "1 GPU");
  }

  @Test
  void aPrecisionThatItDoesNotHave() {
    assertMessage(open(0, DataType.I32), "float16, bfloat16, int8 and float32, not in int32");
  }

  @Test
  void severalGpusAreOpenedByNumberOrAllOrNone() {
    EmulatedDriver.pretend(3, 13000, 1L << 30);
    assertEquals(List.of("cuda:0", "cuda:2"), opened("cuda:0,2"));
    assertEquals(List.of("cuda:2", "cuda:0"), opened("cuda:2,0"));
    assertEquals(List.of("cuda:0", "cuda:1", "cuda:2"), opened("cuda:all"));
    assertMessage(refused("cuda:1,1"), "named twice in cuda:1,1");
    assertMessage(refused("cuda:0,3"), "there is no cuda:3", "3 GPUs");
    assertMessage(refused("cuda:0-1"), "there is no device 'cuda:0-1'");
    assertEquals(0, EmulatedDriver.counters().memory().bytes(), "nothing stays open");
    EmulatedDriver.pretend(0, 13000, 1L << 30);
    assertMessage(refused("cuda:all"), "finds no GPU");
  }

  private static List<String> opened(String name) {
    List<Device> devices = Devices.openAll(name, Optional.of(DataType.F32));
    devices.forEach(Device::close);
    return devices.stream().map(device -> device.name().split(" ")[0]).toList();
  }

  private static DeviceUnavailableException refused(String name) {
    return assertThrows(
        DeviceUnavailableException.class, () -> Devices.openAll(name, Optional.empty()));
  }

  @Test
  void tooLittleMemorySaysWhatWasAskedForAndWhatIsFree() {
    try (Device device = Devices.open("cuda", Optional.of(DataType.F32))) {
      EmulatedDriver.pretend(1, 13000, EmulatedDriver.counters().memory().bytes() + (1L << 20));
      OutOfDeviceMemoryException failure =
          assertThrows(
              OutOfDeviceMemoryException.class,
              () -> device.allocate(DataType.F32, new Shape(1024, 1024)));
      assertMessage(failure, "4194304 bytes", "on cuda:0", "1048576 are free");
    }
  }

  @Test
  void aGpuThatOthersHaveFilledIsNotThere() {
    EmulatedDriver.pretend(1, 13000, 68L << 20);
    assertMessage(open(0, DataType.F32), "33554432 bytes", "on cuda:0", "4194304 are free");
    assertEquals(0, EmulatedDriver.counters().memory().bytes());
  }

  @Test
  void whatIsOpenedIsGivenBack() {
    long before = EmulatedDriver.counters().memory().bytes();
    Device device = Devices.open("cuda", Optional.of(DataType.F32));
    Device fork = device.fork();
    fork.allocate(DataType.F32, new Shape(100, 100));
    device.close();
    assertFalse(
        EmulatedDriver.counters().memory().bytes() == before, "the fork still holds memory");
    fork.close();
    assertEquals(before, EmulatedDriver.counters().memory().bytes());
  }

  private static DeviceUnavailableException open(int ordinal, DataType precision) {
    return assertThrows(
        DeviceUnavailableException.class,
        () ->
            new CudaDeviceProvider()
                .open(new DeviceRequest(ordinal, Optional.of(precision), Volume.MANY_LINES)));
  }

  private static void assertMessage(RuntimeException e, String... parts) {
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }
}
