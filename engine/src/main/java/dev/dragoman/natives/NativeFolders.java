// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.natives;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folders where native libraries are unpacked: the system loads them from files alone, and only
 * where these can be written and executed from. Each library's loader has rules of its own for
 * that; all of them are told to use folders that have been tried, except where the user has told
 * them another one.
 *
 * @param kept for large libraries, which stay for later starts: in the user's cache folder, or else
 *     in the one for temporary files
 * @param temporary for libraries that are unpacked at each start: the folder for temporary files,
 *     or else the same as kept
 */
public record NativeFolders(Path kept, Path temporary) {
  private static final String TEMPORARY = "java.io.tmpdir";

  private static final String TMPDIR = "TMPDIR (or DRAGOMAN_JAVA_OPTS=-D" + TEMPORARY + "=DIR)";

  private static Optional<NativeFolders> prepared = Optional.empty();

  /**
   * What loads a native library when it is first called.
   *
   * @param <T> what it gives
   * @param <E> what it throws beside
   */
  public interface FirstUse<T, E extends Exception> {
    /** Does it. */
    T get() throws E;
  }

  /**
   * Does what loads a native library.
   *
   * @throws UnpackException if there is no place for it
   */
  public static <T, E extends Exception> T load(FirstUse<T, E> firstUse) throws E {
    NativeFolders folders = prepared();
    try {
      return firstUse.get();
    } catch (RuntimeException | LinkageError e) {
      Optional<String> failure = folders.failure(e);
      if (failure.isPresent()) {
        throw new UnpackException(failure.get(), e);
      }
      throw e;
    }
  }

  /**
   * Returns the folders, which all loaders know from now on.
   *
   * @throws UnpackException if there are none that can be used
   */
  public static synchronized NativeFolders prepared() {
    if (prepared.isEmpty()) {
      Path cache = UserCache.folder().resolve("natives");
      NativeFolders folders = choose(cache, Path.of(System.getProperty(TEMPORARY)));
      folders.settings().forEach(System.getProperties()::putIfAbsent);
      prepared = Optional.of(folders);
    }
    return prepared.get();
  }

  static NativeFolders choose(Path cache, Path usual) {
    Path temporary = usual.toAbsolutePath();
    Optional<String> inCache =
        cache.isAbsolute()
            ? FolderProbe.problemOfOwn(cache)
            : Optional.of("the user has no home folder");
    Optional<String> inTemporary = FolderProbe.problem(temporary);
    if (inCache.isEmpty()) {
      return new NativeFolders(cache, inTemporary.isEmpty() ? temporary : cache);
    }
    Path own = temporary.resolve("dragoman-" + System.getProperty("user.name"));
    Path last = inTemporary.isEmpty() ? own : temporary;
    Optional<String> problem = inTemporary.or(() -> FolderProbe.problemOfOwn(own));
    if (problem.isPresent()) {
      String where = "%s: %s, nor into %s: %s".formatted(last, problem.get(), cache, inCache.get());
      throw new UnpackException(message(where, TMPDIR), null);
    }
    return new NativeFolders(own, temporary);
  }

  /** Returns the loaders' names for the folders: of JavaCPP, JNA, zstd-jni and SQLite. */
  private Map<String, String> settings() {
    return Map.of(
        "org.bytedeco.javacpp.cachedir", kept.toString(),
        "jna.tmpdir", temporary.toString(),
        "ZstdTempFolder", temporary.toString(),
        "org.sqlite.tmpdir", temporary.toString());
  }

  /** Makes a new folder for one library, which is to be deleted once that is loaded. */
  public Path makeTemporary() throws IOException {
    return Files.createTempDirectory(temporary, "dragoman-natives");
  }

  /**
   * Returns a library among those that are kept; it is unpacked unless it is there whole.
   *
   * @param place below {@link #kept}; another version has another one
   */
  public Path keep(URL library, Path place) throws IOException {
    Path file = kept.resolve(place);
    URLConnection connection = library.openConnection();
    try (InputStream in = connection.getInputStream()) {
      if (!Files.exists(file) || Files.size(file) != connection.getContentLengthLong()) {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), "part", null);
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return file;
  }

  /** Says what failed if it was the folders, as it may while a library is written. */
  private Optional<String> failure(Throwable e) {
    String keptBy = kept.startsWith(temporary) ? TMPDIR : "XDG_CACHE_HOME";
    Optional<String> unwritten = causes(e).flatMap(NativeFolders::unwritten).findFirst();
    // JavaCPP does not say it: it goes on with what it could write.
    boolean isKept = unwritten.isPresent() || causes(e).anyMatch(this::namesKept);
    Optional<String> problem =
        isKept ? FolderProbe.shortage(kept).or(() -> unwritten) : Optional.empty();
    return problem
        .map(why -> message(kept + ": " + why, keptBy))
        .or(
            () ->
                FolderProbe.problem(temporary).map(why -> message(temporary + ": " + why, TMPDIR)));
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, cause -> cause != null, Throwable::getCause);
  }

  private static Stream<String> unwritten(Throwable cause) {
    return cause instanceof IOException io ? Stream.of(FolderProbe.reason(io)) : Stream.empty();
  }

  private boolean namesKept(Throwable cause) {
    return cause instanceof UnsatisfiedLinkError
        && String.valueOf(cause.getMessage()).startsWith(kept.toString());
  }

  private static String message(String where, String variable) {
    return "cannot unpack native libraries into "
        + where
        + "; set "
        + variable
        + " to a folder that can be written and executed from";
  }
}
