// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

  private static String load(String... names) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-cp", ChildJava.classPath(), Program.class.getName()));
    Arrays.stream(names)
        .forEach(name -> arguments.add(EmulatedDriver.folder().resolve(name).toString()));
    return ChildJava.output(Map.of(), arguments);
  }

  /** A program that loads the libraries in turn and prints what the loader says. */
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
