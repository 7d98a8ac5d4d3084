// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The search for cuBLAS on machines that have it in different places. Each case runs in a process
 * of its own, as a library is loaded once for a whole process.
 */
class CublasSearchTest {
  private static final String LT_12 = "cublasLt 12.6";
  private static final String LT_13 = "cublasLt 13.0";
  private static final String CLASSIC = "cuBLAS 12.6";
  private static final List<String> VERSION_13 = List.of("libcublas.so.13", "libcublasLt.so.13");

  /** The folder of a machine that has only a driver at first. */
  @TempDir private Path machine;

  private Path driver;

  @BeforeEach
  void emulate() throws IOException {
    EmulatedDriver.requireEmulation();
    driver = Files.createDirectory(machine.resolve("driver"));
    link(emulator(), driver, List.of("libcuda.so.1", "kernels.so"));
  }

  private static Path emulator() {
    return EmulatedDriver.folder().toAbsolutePath();
  }

  private static void link(Path from, Path to, List<String> libraries) throws IOException {
    for (String library : libraries) {
      Files.createSymbolicLink(to.resolve(library), from.resolve(library).toRealPath());
    }
  }

  /**
   * Returns what the program prints. It multiplies two numbers and adds a bias, so that only a
   * library that works gives the right result.
   */
  private static String expected(String products) {
    return "cuda:0 (emulated GPU, float32, " + products + "): 11.0";
  }

  @Test
  void theTwoLibrariesOfVersion12() throws Exception {
    assertEquals(expected(LT_12), run(Map.of("LD_LIBRARY_PATH", emulator().toString())));
  }

  @Test
  void theTwoLibrariesOfVersion13() throws Exception {
    Path folder = emulator().resolve("cuda13");
    assertEquals(expected(LT_13), run(Map.of("LD_LIBRARY_PATH", folder.toString())));
  }

  @Test
  void withoutCublasLtVersion12IsCalledByJcublas() throws Exception {
    assertEquals(
        expected(CLASSIC),
        run(
            Map.of(
                "LD_LIBRARY_PATH",
                emulator().toString(),
                CublasSearch.LT_VARIABLE,
                CublasSearch.NONE)));
  }

  @Test
  void withoutCublasLtVersion13IsCalledThroughTheForwardingLibrary() throws Exception {
    assertEquals(
        expected(CLASSIC),
        run(
            Map.of(
                "LD_LIBRARY_PATH",
                emulator().resolve("cuda13").toString(),
                CublasSearch.LT_VARIABLE,
                CublasSearch.NONE)));
  }

  /**
   * NVIDIA's packages are found although their libraries do not tell where the ones that they need
   * lie.
   */
  @Test
  void thePackagesOfThePythonOnThePath() throws Exception {
    Path packages = machine.resolve("lib/python3.12/site-packages");
    Path libraries = Files.createDirectories(packages.resolve("nvidia/cu13/lib"));
    link(emulator().resolve("cuda13"), libraries, VERSION_13);
    Path python = Files.createDirectory(machine.resolve("bin")).resolve("python3");
    Files.writeString(python, "#!/bin/sh\necho\necho /nowhere.zip\necho " + packages + "\n");
    python.toFile().setExecutable(true);
    Map<String, String> environment =
        Map.of(
            "LD_LIBRARY_PATH",
            driver.toString(),
            "PATH",
            python.getParent() + ":/usr/bin:/bin",
            CublasSearch.LT_VARIABLE,
            CublasSearch.NONE);
    assertEquals(expected(CLASSIC), run(environment));
  }

  @Test
  void anActiveEnvironmentComesBeforeThePythonOnThePath() throws Exception {
    Path libraries =
        Files.createDirectories(
            machine.resolve("env/lib/python3.12/site-packages/nvidia/cublas/lib"));
    link(emulator(), libraries, List.of("libcublas.so.12", "libcublasLt.so.12"));
    Map<String, String> environment =
        Map.of(
            "LD_LIBRARY_PATH", driver.toString(),
            "PATH", "/nowhere",
            "VIRTUAL_ENV", machine.resolve("env").toString());
    assertEquals(expected(LT_12), run(environment));
  }

  @Test
  void theOneThatTheUserNames() throws Exception {
    Path libraries = Files.createDirectory(machine.resolve("own"));
    link(emulator().resolve("cuda13"), libraries, VERSION_13);
    Map<String, String> environment =
        Map.of(
            "LD_LIBRARY_PATH",
            driver.toString(),
            CublasSearch.VARIABLE,
            libraries.resolve("libcublas.so.13").toString());
    assertEquals(expected(LT_13), run(environment));
  }

  @Test
  void withoutCublasTheDevicesNameSaysSo() throws Exception {
    Map<String, String> environment =
        Map.of("LD_LIBRARY_PATH", driver.toString(), "PATH", "/nowhere");
    assertEquals(expected("own products, as no cuBLAS was found"), run(environment));
  }

  @Test
  void aDamagedCublasIsNotPassedOverInSilence() throws Exception {
    Files.writeString(driver.resolve("libcublas.so.12"), "not a library");
    Map<String, String> environment =
        Map.of("LD_LIBRARY_PATH", driver.toString(), "PATH", "/nowhere");
    assertEquals(expected("own products, as cuBLAS cannot be loaded"), run(environment));
  }

  @Test
  void cublasCanBeSwitchedOff() throws Exception {
    Map<String, String> environment =
        Map.of("LD_LIBRARY_PATH", emulator().toString(), CublasSearch.VARIABLE, CublasSearch.NONE);
    assertEquals(expected("own products, as cuBLAS is switched off"), run(environment));
  }

  private static String run(Map<String, String> environment)
      throws IOException, InterruptedException {
    return ChildJava.output(
        environment, List.of("-cp", ChildJava.classPath(), Program.class.getName()));
  }

  /**
   * A program that multiplies two numbers on the CUDA device and prints the device's name and the
   * result; libraries that nobody holds are gone by then.
   */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws InterruptedException {
      NativeLibraries.loadDriver();
      CublasSearch.found();
      for (int i = 0; i < 3; i++) {
        System.gc();
        Thread.sleep(20);
      }
      try (Device device = Devices.open("cuda", Optional.of(DataType.F32))) {
        Shape shape = new Shape(4, 4); // aligned, as all products of models are
        float[] twos = new float[shape.size()];
        Arrays.fill(twos, 2f / 4);
        Linear weights = device.pack(HostTensor.of("test", shape, twos), new float[] {1, 1, 1, 1});
        Tensor x = device.allocate(DataType.F32, shape);
        Tensor out = device.allocate(DataType.F32, shape);
        float[] numbers = new float[shape.size()];
        Arrays.fill(numbers, 5);
        device.upload(numbers, x);
        device.linear(x, weights, out);
        device.download(out, numbers);
        System.out.println(device.name() + ": " + numbers[0]);
      }
    }
  }
}
