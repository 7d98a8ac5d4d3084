package dev.dragoman.cli;

import java.io.IOException;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Says what is left of the work when a signal ends the program. */
final class InterruptionNotice {

  private InterruptionNotice() {}

  /** Works; a signal in the meantime gives up the output and says what is safe in it. */
  static <T> T during(Supplier<T> work, Output output, Console console) {
    Thread hook = new Thread(() -> tell(output, console), "interruption notice");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.get();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // a signal is ending the program: the hook is at work
      LoggerFactory.getLogger(InterruptionNotice.class).debug("ending already", e);
    }
  }

  private static void tell(Output output, Console console) {
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
}
