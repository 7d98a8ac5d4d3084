// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.io.IOException;
import org.slf4j.LoggerFactory;

/** Lets a signal end the program well: work is made safe, and the user told what is left of it. */
public final class Interruption {

  private Interruption() {}

  /** Work that a signal may interrupt. */
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** What is done when a signal interrupts the work. */
  public interface Ending {
    /** Makes safe what is done; says what that is, or nothing if the work has ended already. */
    String end() throws IOException, InterruptedException;
  }

  /** Does some work, which a signal in the meantime ends. */
  public static <T, E extends Exception> T during(Work<T, E> work, Ending ending, Console console)
      throws E {
    Thread hook = new Thread(() -> end(ending, console), "dragoman-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.run();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // a signal is ending the program: the hook is at work
      LoggerFactory.getLogger(Interruption.class).debug("ending already", e);
    }
  }

  static void end(Ending ending, Console console) {
    try {
      String left = ending.end();
      if (!left.isEmpty()) {
        console.message("dragoman: interrupted; " + left);
      }
    } catch (IOException e) {
      console.message("dragoman: interrupted; " + ErrorReports.describe(e));
    } catch (InterruptedException e) {
      console.message(
          "dragoman: interrupted while the work was being saved; what was saved before is kept");
      Thread.currentThread().interrupt();
    }
  }
}
