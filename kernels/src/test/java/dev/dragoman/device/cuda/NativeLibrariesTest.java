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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cuBLAS is used; each case in a process of its own, as a library is loaded once for all. */
class NativeLibrariesTest {

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
  }

  @Test
  void cublas12IsUsedWhereItIs() throws IOException, InterruptedException {
    assertEquals("cuda:0 (emulated GPU, float32, cuBLAS 12.6): 11.0", run(folder(), Map.of()));
  }

  @Test
  void cublas13IsUsedThroughTheForwardingLibrary() throws IOException, InterruptedException {
    assertEquals(
        "cuda:0 (emulated GPU, float32, cuBLAS 12.6): 11.0",
        run(folder().resolve("cuda13"), Map.of()));
  }

  @Test
  void withoutCublasOwnProductsAreUsed(@TempDir Path folder)
      throws IOException, InterruptedException {
    Files.createSymbolicLink(folder.resolve("libcuda.so.1"), folder().resolve("libcuda.so.1"));
    Files.createSymbolicLink(folder.resolve("kernels.so"), folder().resolve("kernels.so"));
    assertEquals("cuda:0 (emulated GPU, float32, own products): 11.0", run(folder, Map.of()));
  }

  @Test
  void cublasCanBeSwitchedOff() throws IOException, InterruptedException {
    assertEquals(
        "cuda:0 (emulated GPU, float32, own products): 11.0",
        run(folder(), Map.of(NativeLibraries.CUBLAS_VARIABLE, NativeLibraries.NO_CUBLAS)));
  }

  private static Path folder() {
    return EmulatedDriver.folder().toAbsolutePath();
  }

  private static String run(Path libraries, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-D" + NativeLibraries.FOLDER_PROPERTY + "=" + libraries,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Program.class.getName());
    java.environment().remove(NativeLibraries.CUBLAS_VARIABLE);
    java.environment().putAll(environment);
    java.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = java.start();
    byte[] output = process.getInputStream().readAllBytes();
    process.waitFor();
    return new String(output, StandardCharsets.UTF_8).strip();
  }

  /** Multiplies two numbers on the CUDA device and prints its name and the result. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try (Device device = Devices.open("cuda", Optional.of(DataType.F32))) {
        Shape one = new Shape(1, 1);
        Linear weights = device.pack(HostTensor.of("test", one, new float[] {2}), new float[] {1});
        Tensor x = device.allocate(DataType.F32, one);
        Tensor out = device.allocate(DataType.F32, one);
        float[] number = {5};
        device.upload(number, x);
        device.linear(x, weights, out);
        device.download(out, number);
        System.out.println(device.name() + ": " + number[0]);
      }
    }
  }
}
