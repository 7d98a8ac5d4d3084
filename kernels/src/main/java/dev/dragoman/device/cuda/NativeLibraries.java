// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.NativeLibrary;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.natives.NativeFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;

/**
 * The libraries of a GPU machine: the driver's libcuda, cuBLAS, and JCuda's own. A library that is
 * loaded before JCuda's is the one that JCuda's are bound to, wherever it lies.
 */
final class NativeLibraries {
  /** A folder with libcuda.so.1 and libcublas.so.12 that stand for the machine's own. */
  static final String FOLDER_PROPERTY = "dragoman.cuda.libraries";

  private static final String DRIVER = "libcuda.so.1";

  /** The folders where containers and WSL keep the driver. */
  private static final List<String> MORE_FOLDERS =
      List.of("/usr/local/nvidia/lib64", "/usr/lib/wsl/lib", "/run/opengl-driver/lib");

  private NativeLibraries() {}

  /**
   * Loads the driver and JCuda's binding to it.
   *
   * @throws DeviceUnavailableException if this machine has none
   */
  static synchronized void loadDriver() {
    if (!"Linux".equals(System.getProperty("os.name"))
        || !"amd64".equals(System.getProperty("os.arch"))) {
      throw new DeviceUnavailableException(
          "the CUDA device runs on Linux x86-64, and this is "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ": use the setting device=cpu");
    }
    try {
      loadFirst(drivers());
    } catch (UnsatisfiedLinkError e) {
      throw new DeviceUnavailableException(missingDriver(String.valueOf(e.getMessage())), e);
    }
    bind(() -> JCudaDriver.setExceptionsEnabled(true));
  }

  private static List<Path> drivers() {
    return folder()
        .map(folder -> List.of(folder.resolve(DRIVER)))
        .orElseGet(
            () ->
                Stream.concat(
                        LoaderPath.own().find(DRIVER).stream(),
                        MORE_FOLDERS.stream().map(folder -> Path.of(folder, DRIVER)))
                    .filter(Files::exists)
                    .toList());
  }

  /** Loads the first library that can be loaded, as some of them may be for other processors. */
  private static void loadFirst(List<Path> libraries) {
    UnsatisfiedLinkError failure =
        new UnsatisfiedLinkError(DRIVER + " is in none of the loader's folders");
    for (Path library : libraries) {
      try {
        System.load(library.toString());
        return;
      } catch (UnsatisfiedLinkError e) {
        failure = e;
      }
    }
    throw failure;
  }

  /** Says from the loader's text whether the driver is missing or damaged. */
  private static String missingDriver(String reason) {
    boolean isThere =
        Stream.of("invalid ELF", "file too short", "wrong ELF class", "undefined symbol")
            .anyMatch(reason::contains);
    return isThere
        ? "the NVIDIA driver cannot be loaded ("
            + reason.lines().findFirst().orElse(DRIVER)
            + "): install it again, or use the setting device=cpu"
        : "no NVIDIA driver was found on this machine ("
            + DRIVER
            + "): install it, or use the setting device=cpu";
  }

  /** Returns the path of the driver that was loaded. */
  static String driver() {
    return MappedFiles.of("libcuda.so");
  }

  /** Returns whether what was loaded as the driver is the emulated one. */
  static boolean isEmulated() {
    String library = folder().map(path -> path.resolve(DRIVER).toString()).orElse(DRIVER);
    try {
      NativeLibrary.getInstance(library).getFunction("emulator_configure");
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Returns the folder of the machine's libraries, where the property names one. */
  static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty(FOLDER_PROPERTY)).map(Path::of);
  }

  /**
   * Lets JCuda unpack and load a library of its own. JCuda does so under a fixed name in
   * java.io.tmpdir and takes whatever lies there already, so it gets a folder that nobody else can
   * write to, for as long as it loads.
   */
  static void bind(Runnable firstUse) {
    String usual = System.getProperty("java.io.tmpdir");
    try {
      Path own = NativeFolders.prepared().makeTemporary();
      System.setProperty("java.io.tmpdir", own.toString());
      try {
        firstUse.run();
      } finally {
        System.setProperty("java.io.tmpdir", usual);
        delete(own);
      }
    } catch (IOException e) {
      throw new DeviceUnavailableException("JCuda's libraries cannot be unpacked: " + e, e);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new DeviceUnavailableException(
          "JCuda's libraries cannot be loaded, which the NVIDIA driver and cuBLAS must fit: "
              + reason(String.valueOf(e.getMessage())),
          e);
    }
  }

  /** Returns the loader's own line, around which JCuda puts a page. */
  private static String reason(String page) {
    String loaders = "UnsatisfiedLinkError: ";
    return page.lines()
        .filter(line -> line.contains(loaders))
        .map(line -> line.substring(line.indexOf(loaders) + loaders.length()).strip())
        .reduce((first, last) -> last)
        .or(() -> page.lines().findFirst())
        .orElse(page);
  }

  /** Deletes a folder of libraries; a library that is loaded stays in memory without its file. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
