// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders of NVIDIA's libraries among the packages of Python, which PyTorch and others install:
 * {@code nvidia/cublas/lib}, since CUDA 13 {@code nvidia/cu13/lib}.
 */
final class PythonPackages {
  private static final Logger log = LoggerFactory.getLogger(PythonPackages.class);
  private static final String PROGRAM = "python3";
  private static final String SHOW_PATH = "import sys; print('\\n'.join(sys.path))";
  private static final int PATIENCE_SECONDS = 10;

  private PythonPackages() {}

  /**
   * Returns the folders of the python3 on the PATH. That program itself is asked, so that it does
   * not matter how it was installed.
   */
  static Stream<Path> ofProgram() {
    return searchPath().flatMap(PythonPackages::libraryFolders);
  }

  /** Returns the folders of an environment whose folder is given. */
  static Stream<Path> ofEnvironment(Path environment) {
    return folders(environment.resolve("lib"), "python3*")
        .map(python -> python.resolve("site-packages"))
        .flatMap(PythonPackages::libraryFolders);
  }

  private static Stream<Path> libraryFolders(Path packages) {
    return folders(packages.resolve("nvidia"), "*").map(part -> part.resolve("lib"));
  }

  /** Returns the folders where that Python looks for packages; none where there is no Python. */
  private static Stream<Path> searchPath() {
    try {
      Process python =
          new ProcessBuilder(PROGRAM, "-c", SHOW_PATH)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      python.getOutputStream().close();
      boolean ended = python.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        python.destroyForcibly();
        log.debug("{} does not answer", PROGRAM);
        return Stream.empty();
      }
      String answer = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().filter(line -> line.startsWith("/")).map(Path::of);
    } catch (IOException e) {
      log.debug("{} is not asked: {}", PROGRAM, e.toString());
      return Stream.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Stream.empty();
    }
  }

  /** Returns the folders in a folder, the last by name first, as that is the newest. */
  static Stream<Path> folders(Path in, String pattern) {
    if (!Files.isDirectory(in)) {
      return Stream.empty();
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(in, pattern)) {
      List<Path> folders = new ArrayList<>();
      found.forEach(folders::add);
      folders.sort(Comparator.reverseOrder());
      return folders.stream();
    } catch (IOException | DirectoryIteratorException e) {
      log.debug("{} is not looked through: {}", in, e.toString());
      return Stream.empty();
    }
  }
}
