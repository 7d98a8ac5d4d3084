package dev.dragoman.cli;

import java.io.IOException;

/** Says what is left of the work when a signal ends the program. */
final class InterruptionNotice implements AutoCloseable {
  private final Thread hook;

  InterruptionNotice(Console console, Output output) {
    hook = new Thread(() -> tell(console, output), "interruption notice");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void tell(Console console, Output output) {
    String kept;
    try {
      output.flush();
      kept = output.abandon();
    } catch (IOException e) {
      kept = ErrorReports.describe(e);
    }
    if (!kept.isEmpty()) {
      console.message("dragoman: interrupted; " + kept);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is being ended by a signal: the hook is at work.
      org.slf4j.LoggerFactory.getLogger(InterruptionNotice.class).debug("too late to remove", e);
    }
  }
}
