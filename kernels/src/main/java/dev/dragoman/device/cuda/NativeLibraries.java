package dev.dragoman.device.cuda;

import com.sun.jna.NativeLibrary;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.natives.NativeFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and loads the libraries of a GPU machine: the driver's libcuda, cuBLAS, and JCuda's own. A
 * library that is loaded before JCuda's is the one that JCuda's are bound to, wherever it lies.
 */
final class NativeLibraries {
  /** A folder with libcuda.so.1 and libcublas.so.12 that stand for the machine's own. */
  static final String FOLDER_PROPERTY = "dragoman.cuda.libraries";

  /** The path of the cuBLAS to use, or {@link #NO_CUBLAS}. */
  static final String CUBLAS_VARIABLE = "DRAGOMAN_CUBLAS";

  static final String NO_CUBLAS = "none";
  private static final Logger log = LoggerFactory.getLogger(NativeLibraries.class);
  private static final String DRIVER = "libcuda.so.1";
  private static final String CUBLAS = "libcublas.so.12";
  private static final String CUBLAS_13 = "libcublas.so.13";

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
              + ": use --device cpu");
    }
    try {
      Optional<Path> folder = folder();
      if (folder.isPresent()) {
        System.load(folder.get().resolve(DRIVER).toString());
      } else if (!LoaderPath.own().mayHave(DRIVER)) {
        throw new UnsatisfiedLinkError(DRIVER + " is in none of the loader's folders");
      } else {
        NativeFolders.load(() -> NativeLibrary.getInstance(DRIVER));
      }
    } catch (UnsatisfiedLinkError e) {
      throw new DeviceUnavailableException(missingDriver(String.valueOf(e.getMessage())), e);
    }
    bind(() -> JCudaDriver.setExceptionsEnabled(true));
  }

  /** One that is not there and one that is damaged are told apart by what the loader says. */
  private static String missingDriver(String reason) {
    boolean isThere =
        Stream.of("invalid ELF", "file too short", "wrong ELF class", "undefined symbol")
            .anyMatch(reason::contains);
    return isThere
        ? "the NVIDIA driver cannot be loaded ("
            + reason.lines().findFirst().orElse(DRIVER)
            + "): install it again, or use --device cpu"
        : "no NVIDIA driver was found on this machine ("
            + DRIVER
            + "): install it, or use --device cpu";
  }

  /**
   * What multiplies on this machine.
   *
   * @param route how it is reached
   * @param description where it was found or why not, for people
   */
  record Cublas(Route route, String description) {

    /** How cuBLAS is reached. */
    enum Route {
      DIRECT,
      FORWARDED,
      NONE
    }

    boolean isThere() {
      return route != Route.NONE;
    }
  }

  /**
   * Loads cuBLAS and JCuda's binding to it, once the driver is there.
   *
   * @return whether there is one
   */
  static boolean loadCublas() {
    Cublas found = findCublas();
    log.info("cuBLAS: {}", found.description());
    return found.isThere();
  }

  /** Loads cuBLAS, as {@link #loadCublas}, and says which. */
  static synchronized Cublas findCublas() {
    if (NO_CUBLAS.equals(System.getenv(CUBLAS_VARIABLE))) {
      return new Cublas(
          Cublas.Route.NONE, "not used, as " + CUBLAS_VARIABLE + " says: own products are");
    }
    Cublas found = loadedCublas();
    if (found.isThere()) {
      bind(() -> JCublas2.setExceptionsEnabled(true));
    }
    return found;
  }

  private static Cublas loadedCublas() {
    if (find(CUBLAS).isPresent()) {
      return new Cublas(Cublas.Route.DIRECT, MappedFiles.of(CUBLAS));
    }
    if (find(CUBLAS_13).isPresent()) {
      loadForwarder();
      return new Cublas(
          Cublas.Route.FORWARDED, MappedFiles.of(CUBLAS_13) + ", through the forwarding library");
    }
    Optional<String> asked = Optional.ofNullable(System.getenv(CUBLAS_VARIABLE));
    if (asked.isPresent()) {
      throw new DeviceUnavailableException(
          String.format(
              "%s=%s is no %s or %s that can be loaded: correct it, unset it, or set it to %s",
              CUBLAS_VARIABLE, asked.get(), CUBLAS, CUBLAS_13, NO_CUBLAS));
    }
    return new Cublas(
        Cublas.Route.NONE,
        String.format(
            "no %s or %s was found: own products are used, which are slower; install cuBLAS or set"
                + " %s to its path",
            CUBLAS, CUBLAS_13, CUBLAS_VARIABLE));
  }

  /** Where the driver lies that was loaded. */
  static String driver() {
    return MappedFiles.of("libcuda.so");
  }

  /** Whether what was loaded as the driver is the emulated one. */
  static boolean isEmulated() {
    String library = folder().map(path -> path.resolve(DRIVER).toString()).orElse(DRIVER);
    try {
      NativeLibrary.getInstance(library).getFunction("emulator_configure");
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  private static Optional<String> find(String library) {
    return candidates(library).filter(NativeLibraries::loads).findFirst();
  }

  /** JCuda asks for version 12; ours passes the calls on to version 13, once that is loaded. */
  private static void loadForwarder() {
    try (InputStream in = NativeLibraries.class.getResourceAsStream(CUBLAS)) {
      Path own = NativeFolders.prepared().makeTemporary();
      Path library = own.resolve(CUBLAS);
      Files.copy(in, library);
      System.load(library.toString());
      delete(own);
    } catch (IOException e) {
      throw new DeviceUnavailableException("a library for cuBLAS cannot be unpacked", e);
    }
  }

  /** Where cuBLAS may be, the likeliest first. A name without a folder is the loader's to find. */
  private static Stream<String> candidates(String library) {
    Optional<Path> folder = folder();
    if (folder.isPresent()) {
      return Stream.of(folder.get().resolve(library).toString());
    }
    Optional<String> asked = Optional.ofNullable(System.getenv(CUBLAS_VARIABLE));
    if (asked.isPresent()) { // that one or none
      return asked.stream()
          .map(path -> Path.of(path).toAbsolutePath())
          .filter(path -> String.valueOf(path.getFileName()).startsWith(library))
          .map(Path::toString);
    }
    return Stream.of(
            Stream.of(library),
            matches(Path.of("/usr/local"), "cuda*", "lib64/" + library),
            pythonEnvironments(library))
        .flatMap(paths -> paths);
  }

  /** NVIDIA's Python packages, in the environment that is active. */
  private static Stream<String> pythonEnvironments(String library) {
    return Stream.of("VIRTUAL_ENV", "CONDA_PREFIX")
        .map(System::getenv)
        .filter(prefix -> prefix != null)
        .map(prefix -> Path.of(prefix, "lib"))
        .flatMap(
            lib ->
                Stream.of(
                        Stream.of(lib.resolve(library).toString()),
                        matches(lib, "python3*", "site-packages/nvidia/cublas/lib/" + library),
                        matches(lib, "python3*", "site-packages/nvidia/cu13/lib/" + library))
                    .flatMap(paths -> paths));
  }

  /** root / pattern / inside, where it is. */
  private static Stream<String> matches(Path root, String pattern, String inside) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, pattern)) {
      List<String> found = new ArrayList<>();
      for (Path folder : folders) {
        Path library = folder.resolve(inside);
        if (Files.exists(library)) {
          found.add(library.toString());
        }
      }
      found.sort(Comparator.reverseOrder()); // the newest first
      return found.stream();
    } catch (IOException e) {
      log.debug("{} is not looked through: {}", root, e.toString());
      return Stream.empty();
    }
  }

  private static boolean loads(String library) {
    try {
      if (Path.of(library).isAbsolute()) {
        System.load(library);
      } else {
        NativeLibrary.getInstance(library);
      }
      return true;
    } catch (UnsatisfiedLinkError e) {
      log.debug("{} is passed over: {}", library, e.getMessage());
      return false;
    }
  }

  private static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty(FOLDER_PROPERTY)).map(Path::of);
  }

  /**
   * Lets JCuda unpack and load a library of its own. It does so under a fixed name in
   * java.io.tmpdir and takes whatever lies there already, so it gets a folder that nobody else can
   * write to, for as long as it loads.
   */
  private static void bind(Runnable firstUse) {
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

  /** The loader's own line; JCuda puts a page around it. */
  private static String reason(String page) {
    String loaders = "UnsatisfiedLinkError: ";
    return page.lines()
        .filter(line -> line.contains(loaders))
        .map(line -> line.substring(line.indexOf(loaders) + loaders.length()).strip())
        .reduce((first, last) -> last)
        .or(() -> page.lines().findFirst())
        .orElse(page);
  }

  /** A library that is loaded stays in memory without its file. */
  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
