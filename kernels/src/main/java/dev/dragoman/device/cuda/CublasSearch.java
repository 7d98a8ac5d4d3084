// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.natives.NativeFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jcuda.jcublas.JCublas2;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for cuBLAS, of CUDA 12 or 13, and loads what it finds: libcublasLt first, as libcublas
 * needs it and may lie where the loader does not look. Both stay loaded as long as the process.
 */
final class CublasSearch {
  /** The environment variable with the path of the cuBLAS to use, or {@link #NONE}. */
  static final String VARIABLE = "DRAGOMAN_CUBLAS";

  /** The environment variable that is {@link #NONE} to do without cublasLt where cuBLAS is used. */
  static final String LT_VARIABLE = "DRAGOMAN_CUBLASLT";

  static final String NONE = "none";
  private static final Logger log = LoggerFactory.getLogger(CublasSearch.class);

  /**
   * The major versions of CUDA in the order in which they are looked for. JCuda asks for the first;
   * the other one is reached through our forwarding library.
   */
  private static final List<String> VERSIONS = List.of("12", "13");

  private static Optional<Cublas> found = Optional.empty();

  private final List<String> failures = new ArrayList<>();

  private CublasSearch() {}

  /**
   * Returns the libraries that were found. The search needs the driver to be loaded and runs once;
   * what is missing is logged once.
   *
   * @throws DeviceUnavailableException if a library that the user has named cannot be loaded
   */
  static synchronized Cublas found() {
    if (found.isEmpty()) {
      Cublas all = new CublasSearch().look();
      log.info("cublasLt: {}", all.describeLt());
      log.info("cuBLAS: {}", all.describeClassic());
      found = Optional.of(all);
    }
    return found.get();
  }

  private static String asked() {
    return System.getenv(VARIABLE);
  }

  private Cublas look() {
    if (NONE.equals(asked())) {
      return Cublas.none("cuBLAS is switched off");
    }
    if (asked() != null && NativeLibraries.folder().isEmpty()) {
      return named(Path.of(asked()).toAbsolutePath());
    }
    return folders()
        .distinct()
        .flatMap(folder -> VERSIONS.stream().flatMap(version -> in(folder, version).stream()))
        .findFirst()
        .orElseGet(this::none);
  }

  private Cublas none() {
    Cublas none =
        Cublas.none(failures.isEmpty() ? "no cuBLAS was found" : "cuBLAS cannot be loaded");
    log.warn(
        "{}{}: our own products are used, which take about three times as long; install cuBLAS, or"
            + " set {} to the path of {} or {}",
        none.missing().orElseThrow(),
        failures.isEmpty() ? "" : " (" + failures.get(0) + ")",
        VARIABLE,
        classic("12"),
        classic("13"));
    return none;
  }

  private Cublas named(Path library) {
    String name = String.valueOf(library.getFileName());
    return VERSIONS.stream()
        .filter(version -> name.startsWith(classic(version)))
        .flatMap(version -> in(library.getParent(), version).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new DeviceUnavailableException(
                    String.format(
                        "%s=%s is no %s or %s that can be loaded%s: correct it, unset it, or set"
                            + " it to %s",
                        VARIABLE,
                        asked(),
                        classic("12"),
                        classic("13"),
                        failures.isEmpty() ? "" : " (" + failures.get(0) + ")",
                        NONE)));
  }

  /**
   * Returns the folders where cuBLAS may be, the likeliest first. The stream is lazy, so that no
   * place is searched once cuBLAS has been found.
   */
  private static Stream<Path> folders() {
    if (NativeLibraries.folder().isPresent()) {
      return NativeLibraries.folder().stream();
    }
    return Stream.<Supplier<Stream<Path>>>of(
            CublasSearch::ofLoader,
            CublasSearch::ofToolkits,
            CublasSearch::ofEnvironments,
            PythonPackages::ofProgram)
        .flatMap(Supplier::get);
  }

  private static Stream<Path> ofLoader() {
    return VERSIONS.stream()
        .flatMap(version -> Stream.of(classic(version), lt(version)))
        .flatMap(library -> LoaderPath.own().find(library).stream())
        .map(Path::getParent);
  }

  private static Stream<Path> ofToolkits() {
    return PythonPackages.folders(Path.of("/usr/local"), "cuda*")
        .map(toolkit -> toolkit.resolve("lib64"));
  }

  private static Stream<Path> ofEnvironments() {
    return Stream.of("VIRTUAL_ENV", "CONDA_PREFIX")
        .flatMap(variable -> Stream.ofNullable(System.getenv(variable)))
        .map(Path::of)
        .flatMap(
            prefix ->
                Stream.concat(
                    Stream.of(prefix.resolve("lib")), PythonPackages.ofEnvironment(prefix)));
  }

  private static String classic(String version) {
    return "libcublas.so." + version;
  }

  private static String lt(String version) {
    return "libcublasLt.so." + version;
  }

  /** Returns what a folder has of one version, if it can be loaded. */
  private Optional<Cublas> in(Path folder, String version) {
    Optional<CublasLt> lt =
        loaded(folder.resolve(lt(version)))
            .map(CublasLt::of)
            .filter(unused -> !NONE.equals(System.getenv(LT_VARIABLE)));
    Optional<Path> classic =
        loaded(folder.resolve(classic(version))).filter(unused -> isBound(version));
    return Optional.of(new Cublas(lt, classic, Optional.empty())).filter(Cublas::isThere);
  }

  /** Returns the file, if it is there and the system can load it. */
  private Optional<Path> loaded(Path library) {
    if (!Files.exists(library)) {
      return Optional.empty();
    }
    try {
      System.load(library.toString()); // stays as long as this class, which JNA's would not
      return Optional.of(library);
    } catch (UnsatisfiedLinkError e) {
      String reason = String.valueOf(e.getMessage());
      failures.add(
          reason.replace(library + ": " + library, library.toString())); // Java's and its own
      return Optional.empty();
    }
  }

  /** Returns whether JCublas can be bound to it; cublasLt does without JCublas. */
  private boolean isBound(String version) {
    try {
      if (!version.equals(VERSIONS.get(0))) {
        loadForwarder();
      }
      NativeLibraries.bind(() -> JCublas2.setExceptionsEnabled(true));
      return true;
    } catch (DeviceUnavailableException e) {
      log.warn("{}: JCublas is not used", e.getMessage());
      failures.add(e.getMessage());
      return false;
    }
  }

  /** Loads our libcublas.so.12, which passes JCuda's calls on to the loaded version 13. */
  private static void loadForwarder() {
    String name = classic(VERSIONS.get(0));
    try (InputStream in = CublasSearch.class.getResourceAsStream(name)) {
      Path own = NativeFolders.prepared().makeTemporary();
      Path library = own.resolve(name);
      Files.copy(in, library);
      System.load(library.toString());
      NativeLibraries.delete(own);
    } catch (IOException e) {
      throw new DeviceUnavailableException("a library for cuBLAS cannot be unpacked", e);
    }
  }
}
