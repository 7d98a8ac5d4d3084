// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.Devices;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users read where files are missing or damaged; each case in a process of its own. */
class BrokenInstallationTest {
  private static final String RESOURCES = "dev/dragoman/device/cuda";

  @TempDir private Path folder;

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
  }

  @Test
  void aFatbinThatWasCutShort() throws IOException, InterruptedException {
    byte[] image = Files.readAllBytes(FatbinTest.FATBIN);
    Path damaged = Files.createDirectories(folder.resolve(RESOURCES)).resolve("kernels.fatbin");
    Files.write(damaged, Arrays.copyOf(image, 1000));
    assertEquals(
        "cuda:0 cannot be used: the kernels are damaged (kernels.fatbin: it has 1000 bytes, not "
            + image.length
            + "): build or unpack the program again; its driver knows CUDA 13.0",
        open(folder + File.pathSeparator + ChildJava.classPath(), Map.of(), emulator()));
  }

  @Test
  void noFatbin() throws IOException, InterruptedException {
    String without =
        Stream.of(ChildJava.classPath().split(File.pathSeparator))
            .map(
                entry ->
                    entry.endsWith("kernels/target/classes") ? copyWithoutFatbin(entry) : entry)
            .collect(Collectors.joining(File.pathSeparator));
    assertEquals(
        "cuda:0 cannot be used: the kernels are not in this program (kernels.fatbin): build or"
            + " unpack it again; its driver knows CUDA 13.0",
        open(without, Map.of(), emulator()));
  }

  @Test
  void aDriverThatIsNoLibrary() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("libcuda.so.1"), "not a library");
    String message = open(ChildJava.classPath(), Map.of(), folder);
    assertTrue(message.startsWith("the NVIDIA driver cannot be loaded ("), message);
    assertTrue(message.contains("libcuda.so.1"), message);
    assertTrue(message.endsWith("): install it again, or use the setting device=cpu"), message);
  }

  @Test
  void aDriverThatIsAnotherLibrary() throws IOException, InterruptedException {
    Files.createSymbolicLink(folder.resolve("libcuda.so.1"), Path.of(MappedFiles.of("libm.so")));
    String message = open(ChildJava.classPath(), Map.of(), folder);
    assertTrue(message.startsWith("JCuda's libraries cannot be loaded, which the"), message);
    assertTrue(message.contains("libcuda.so.1: cannot open"), message);
  }

  @Test
  void aCublasThatWasAskedForAndIsNotThere() throws IOException, InterruptedException {
    Path driver = Files.createDirectories(folder.resolve("driver"));
    Files.createSymbolicLink(driver.resolve("libcuda.so.1"), emulator().resolve("libcuda.so.1"));
    Files.createSymbolicLink(driver.resolve("kernels.so"), emulator().resolve("kernels.so"));
    String path = folder.resolve("libcublas.so.12").toString();
    Map<String, String> environment =
        Map.of("LD_LIBRARY_PATH", driver.toString(), CublasSearch.VARIABLE, path);
    assertEquals(
        "DRAGOMAN_CUBLAS="
            + path
            + " is no libcublas.so.12 or libcublas.so.13 that can be loaded: correct it, unset it,"
            + " or set it to none",
        open(ChildJava.classPath(), environment, null));
  }

  private static Path emulator() {
    return EmulatedDriver.folder().toAbsolutePath();
  }

  private String copyWithoutFatbin(String classes) {
    Path from = Path.of(classes);
    Path to = folder.resolve("classes");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> !f.endsWith("kernels.fatbin")).toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to.toString();
  }

  /**
   * Returns what a program prints that opens the GPU in float16: an error, or the device's name.
   */
  private static String open(String classPath, Map<String, String> environment, Path libraries)
      throws IOException, InterruptedException {
    String option =
        libraries == null ? "-Dunused" : "-D" + NativeLibraries.FOLDER_PROPERTY + "=" + libraries;
    String text =
        ChildJava.output(environment, List.of(option, "-cp", classPath, Program.class.getName()));
    assertEquals(1, text.lines().count(), text);
    return text;
  }

  /** A program that opens the GPU and prints what comes of it. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try {
        Devices.open("cuda", Optional.empty()).close();
        System.out.println("opened");
      } catch (DeviceUnavailableException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
