// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.doctor.DeviceReport;
import dev.dragoman.doctor.Doctor;
import dev.dragoman.doctor.OperationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The facts that the doctor learns of a GPU machine, and the texts where something is missing. */
class CudaInspectionTest {

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
  void tellsDriverKernelsCublasAndThatAllIsEmulated() throws IOException {
    Inspection inspection = new CudaDeviceProvider().inspect();
    assertEquals(Optional.empty(), inspection.problem());
    String folder = EmulatedDriver.folder().toRealPath().toString();
    assertEquals(folder + "/libcuda.so.1", fact(inspection.facts(), "driver"));
    assertEquals("13.0", fact(inspection.facts(), "driver's CUDA"));
    assertEquals(folder + "/libcublas.so.12", fact(inspection.facts(), "cuBLAS"));
    String recorded =
        Files.readString(
                FatbinTest.FATBIN.resolveSibling(FatbinTest.FATBIN.getFileName() + ".sha256"))
            .strip();
    assertEquals("SHA-256 " + recorded, fact(inspection.facts(), "their sources"));
    assertEquals(1, inspection.devices().size());
    FoundDevice gpu = inspection.devices().get(0);
    assertEquals("cuda:0", gpu.name());
    assertEquals("emulated GPU", fact(gpu.facts(), "GPU"));
    assertEquals("9.0", fact(gpu.facts(), "compute capability"));
    assertEquals("16.0 GiB", fact(gpu.facts(), "memory"));
    assertTrue(fact(gpu.facts(), "emulated").startsWith("YES"));
    assertTrue(gpu.isEmulated());
    assertEquals(Optional.empty(), gpu.limits(DataType.F16));
  }

  @Test
  void theDoctorIsContentWithEveryOperationInEveryPrecision() {
    FoundDevice gpu = new CudaDeviceProvider().inspect().devices().get(0);
    DeviceReport report = new Doctor(Optional.empty(), what -> {}).examine(gpu);
    assertEquals(
        List.of(DataType.F16, DataType.BF16, DataType.I8, DataType.F32),
        report.runs().stream().map(DeviceReport.Run::precision).toList());
    for (DeviceReport.Run run : report.runs()) {
      String wrong =
          run.operations().stream()
              .filter(operation -> !operation.deviation().agrees())
              .map(OperationResult::toString)
              .collect(Collectors.joining("\n"));
      assertEquals("", wrong);
      assertEquals(Optional.empty(), run.failure());
      assertEquals(Optional.empty(), run.limits());
      assertEquals(22, run.operations().size());
    }
    assertTrue(report.agrees());
    assertTrue(EmulatedDriver.memoryIsWhole());
  }

  @Test
  void noDriver() {
    String usual = System.getProperty(NativeLibraries.FOLDER_PROPERTY);
    System.setProperty(NativeLibraries.FOLDER_PROPERTY, "/nowhere");
    try {
      Inspection inspection = new CudaDeviceProvider().inspect();
      assertProblem(inspection, "no NVIDIA driver was found");
      assertEquals(2, inspection.facts().size()); // the kernels are there
    } finally {
      System.setProperty(NativeLibraries.FOLDER_PROPERTY, usual);
    }
  }

  @Test
  void noGpu() {
    EmulatedDriver.pretend(0, 13000, 1L << 30);
    Inspection inspection = new CudaDeviceProvider().inspect();
    assertProblem(inspection, "finds no GPU");
    assertTrue(fact(inspection.facts(), "driver").endsWith("libcuda.so.1"));
  }

  @Test
  void anOldDriver() {
    EmulatedDriver.pretend(1, 11080, 1L << 30);
    Inspection inspection = new CudaDeviceProvider().inspect();
    assertProblem(inspection, "too old");
    assertEquals("11.8", fact(inspection.facts(), "driver's CUDA"));
  }

  private static void assertProblem(Inspection inspection, String part) {
    String problem = inspection.problem().orElseThrow();
    assertTrue(problem.contains(part), problem);
    assertFalse(problem.contains("\n"), problem);
    assertEquals(List.of(), inspection.devices());
  }

  private static String fact(List<Fact> facts, String name) {
    return facts.stream()
        .filter(fact -> fact.name().equals(name))
        .map(Fact::value)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + facts));
  }
}
