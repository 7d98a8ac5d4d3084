package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated cuBLAS needs its cublasLt, and does not say where it is, as in some wheels. */
class EmulatedCublasLoadingTest {
  @ParameterizedTest
  @CsvSource({
    "libcublas.so.12, libcublasLt.so.12",
    "cuda13/libcublas.so.13, cuda13/libcublasLt.so.13",
  })
  void cublasIsLoadedOnlyAfterItsCublasLt(String cublas, String lt)
      throws IOException, InterruptedException {
    EmulatedDriver.requireEmulation();
    assertEquals("loaded", load("libcuda.so.1", lt, cublas));
    String error = load("libcuda.so.1", cublas);
    assertTrue(error.contains(Path.of(lt).getFileName() + ": cannot open shared object"), error);
  }

  /** In a process of its own, as a library is loaded once for all. */
  private static String load(String... names) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Program.class.getName());
    Arrays.stream(names)
        .forEach(name -> command.add(EmulatedDriver.folder().resolve(name).toString()));
    ProcessBuilder java = new ProcessBuilder(command);
    java.environment().remove("LD_LIBRARY_PATH");
    java.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = java.start();
    byte[] output = process.getInputStream().readAllBytes();
    process.waitFor();
    return new String(output, StandardCharsets.UTF_8).strip();
  }

  /** Loads the libraries in turn and prints what the loader says. */
  static final class Program {
    private Program() {}

    public static void main(String[] paths) {
      try {
        for (String path : paths) {
          NativeLibrary.getInstance(Path.of(path).toAbsolutePath().toString());
        }
        System.out.println("loaded");
      } catch (UnsatisfiedLinkError e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
