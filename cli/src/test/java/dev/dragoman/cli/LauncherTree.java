// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A small tree with the launcher's script, a fake Maven that "builds" an empty jar, and a fake Java
 * that prints its arguments.
 */
final class LauncherTree {
  final Map<String, String> environment = new HashMap<>();
  Path root;
  Path java;
  private final Path folder;

  /** What one run gave. */
  record Result(int exitCode, String out, String err) {}

  /** Makes a tree in this folder. */
  LauncherTree(Path folder) throws IOException {
    this.folder = folder;
    Path script = Repository.ROOT.resolve("dragoman");
    root = Files.createDirectories(folder.resolve("a clone"));
    Files.copy(script, root.resolve("dragoman"));
    Files.writeString(root.resolve("pom.xml"), "");
    Files.createDirectories(root.resolve("kernels/src/generator"));
    for (String module : List.of("engine", "cli")) {
      Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.writeString(root.resolve(module).resolve("pom.xml"), "");
    }
    program(
        "bin/mvn",
        """
        if [ "$1" = --version ]; then echo "Apache Maven 3.9.1"; exit; fi
        echo run >>builds
        until [ -z "${AWAITED:-}" ] || grep -q "$AWAITED" log; do sleep 0.01; done
        [ -z "${BUILD_FAILS:-}" ] || { echo "[ERROR] the compiler is unhappy"; exit 1; }
        echo "[INFO] Building Dragoman engine 0.1.0 [1/1]"
        echo "$*" >arguments
        mkdir -p engine/target/classes cli/target/classes cli/target/launcher/lib
        touch cli/target/launcher/lib/some.jar
        """);
    java = folder.resolve("jdk");
    fakeJava(java, "17.0.1");
  }

  /** Builds for the real Java, which runs from here on. */
  void buildForRealJava() throws Exception {
    run("./dragoman --version");
    environment.put("TEST_REAL", "yes");
  }

  /** Makes a directory that looks like a JDK of this version, with the running Java behind it. */
  void fakeJava(Path home, String version) throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    String name = folder.relativize(home).toString();
    program(name + "/bin/javac", "");
    program(
        name + "/bin/jar",
        """
        while [ "$1" != --file ]; do shift; done
        touch "$2"
        """);
    program(
        name + "/bin/java",
        """
        [ -n "${TEST_REAL:-}" ] || { echo "$*"; exit; }
        arguments=()
        while [ $# -gt 0 ]; do
          case $1 in
            -cp) arguments+=(-cp "$TEST_CLASSPATH"); shift 2 ;;
            *) arguments+=("$1"); shift ;;
          esac
        done
        exec "$TEST_JAVA" -XX:TieredStopAtLevel=1 "${arguments[@]}"
        """);
  }

  void program(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Result run(String... command) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", String.join(" ", command)));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(root.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile());
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("DRAGOMAN_JAVA", java.toString());
    builder.environment().put("TEST_JAVA", System.getProperty("java.home") + "/bin/java");
    builder.environment().put("TEST_CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().remove("DRAGOMAN_JAVA_OPTS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    // Reads to the end: what Java says goes through a filter, which may outlive Java by a moment.
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process));
    try {
      return new Result(process.waitFor(), Files.readString(out), err.get());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long builds() throws IOException {
    try (var lines = Files.lines(root.resolve("builds"))) {
      return lines.count();
    }
  }

  static String quote(Path path) {
    return "'" + path + "'";
  }
}
