// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the class path under test, in a Java of its own. */
public final class ChildProcess {
  /**
   * Newer versions of Java warn of what native libraries do, unless they are told that it is meant.
   */
  private static final List<String> LIKE_THE_LAUNCHER =
      Stream.concat(
              Stream.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"),
              Runtime.version().feature() < 23
                  ? Stream.empty()
                  : Stream.of("--sun-misc-unsafe-memory-access=allow"))
          .toList();

  private static final long POLL_MILLISECONDS = 5;

  private final Process process;
  private final Path messages;

  private ChildProcess(Process process, Path messages) {
    this.process = process;
    this.messages = messages;
  }

  /** Starts it with options for Java and arguments of its own. */
  public static ChildProcess start(
      Class<?> program, List<String> javaOptions, List<String> arguments) throws IOException {
    return start(List.of(), Map.of(), program, javaOptions, arguments);
  }

  /** Starts a process as {@link #start}, with more in its environment. */
  public static ChildProcess inEnvironment(
      Map<String, String> environment,
      Class<?> program,
      List<String> javaOptions,
      List<String> arguments)
      throws IOException {
    return start(List.of(), environment, program, javaOptions, arguments);
  }

  /** Starts a process whose files cannot become longer than so many kilobytes. */
  public static ChildProcess limited(
      int kilobytes, Class<?> program, List<String> javaOptions, List<String> arguments)
      throws IOException {
    String limit = "ulimit -f " + kilobytes + "; exec \"$@\"";
    List<String> shell = List.of("/bin/bash", "-c", limit, "bash");
    return start(shell, Map.of(), program, javaOptions, arguments);
  }

  /** Starts a process behind another program, which is to start it. */
  public static ChildProcess behind(
      List<String> before, Class<?> program, List<String> javaOptions, List<String> arguments)
      throws IOException {
    return start(before, Map.of(), program, javaOptions, arguments);
  }

  private static ChildProcess start(
      List<String> before,
      Map<String, String> environment,
      Class<?> program,
      List<String> javaOptions,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(LIKE_THE_LAUNCHER);
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    Path messages = Files.createTempFile("dragoman", ".txt");
    messages.toFile().deleteOnExit();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().putAll(environment);
    Process process = builder.start();
    // A process that a test has given up on does not live on.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildProcess(process, messages);
  }

  /** Something that a test waits for. */
  public interface Event {
    boolean hasHappened() throws IOException;
  }

  /** Waits until something has happened, which must be before it ends. */
  public void await(Event event) throws IOException, InterruptedException {
    while (!event.hasHappened()) {
      if (endsWithin(POLL_MILLISECONDS)) {
        throw new AssertionError("it ended before that: " + messages());
      }
    }
  }

  /** Waits until it says something. */
  public void awaitMessage(String part) throws IOException, InterruptedException {
    await(() -> messages().contains(part));
  }

  /** Says whether it has ended by itself within this time. */
  public boolean endsWithin(long milliseconds) throws InterruptedException {
    return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
  }

  /** Sends SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /**
   * Skips the test where this process ignores a signal: its children then ignore it, too, as a JVM
   * leaves a signal alone that was ignored when it started. Shells start what runs in the
   * background with INT ignored, and {@code nohup} does so with HUP.
   */
  public static void assumeTaken(String name, int number) throws IOException {
    Path status = Path.of("/proc/self/status"); // only Linux says what is ignored
    boolean ignored =
        Files.exists(status)
            && Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> new BigInteger(line.replace("SigIgn:", "").strip(), 16))
                .anyMatch(signals -> signals.testBit(number - 1));
    assumeFalse(ignored, "skipped: this process ignores SIG" + name + ", and so do its children");
  }

  /** Sends a signal by its name. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** Returns all that it has said. */
  public String messages() throws IOException {
    return Files.readString(messages);
  }
}
