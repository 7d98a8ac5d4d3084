// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;

/** Repeats attempts that have failed for a reason that may pass. */
final class Retries {

  /** The number of attempts in a row without any progress after which no other is made. */
  static final int TRIES = 5;

  private Retries() {}

  /** An attempt, which may fail for a while. */
  interface Attempt<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Tells how far the work is; an attempt that got further does not count as failed. */
  interface Position {
    long now() throws IOException;
  }

  /**
   * Makes attempts until one succeeds.
   *
   * @throws HubException if an attempt throws one, or if the last attempt has failed: then the
   *     message says why
   */
  static <T> T run(
      HubSettings settings, DownloadListener listener, Position position, Attempt<T> attempt)
      throws IOException, InterruptedException {
    Duration pause = settings.patience().pause();
    int left = TRIES;
    while (true) {
      long before = position.now();
      try {
        return attempt.run();
      } catch (HubException e) {
        throw e;
      } catch (IOException e) {
        if (position.now() > before) {
          left = TRIES;
          pause = settings.patience().pause();
        } else {
          left--;
        }
        if (left == 0) {
          throw new HubException(describe(e, settings) + "; tried " + TRIES + " times", e);
        }
        listener.retrying(describe(e, settings), pause);
        Thread.sleep(pause.toMillis());
        pause = pause.multipliedBy(2);
      }
    }
  }

  private static String describe(IOException e, HubSettings settings) {
    if (isCausedBy(e, UnknownHostException.class)
        || isCausedBy(e, UnresolvedAddressException.class)) {
      return "there is no way to " + settings.endpoint() + ": no such host, or no network";
    }
    if (isCausedBy(e, HttpTimeoutException.class)) {
      return settings.endpoint() + " does not answer";
    }
    if (isCausedBy(e, ConnectException.class)) {
      return "there is no way to " + settings.endpoint() + ": no connection";
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static boolean isCausedBy(Throwable problem, Class<? extends Exception> kind) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
