// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Waits for results that other threads make. */
public final class Futures {

  private Futures() {}

  /**
   * Waits for a result; what its making threw is thrown here as it was.
   *
   * @throws IllegalStateException if this thread is interrupted meanwhile; it stays interrupted
   */
  public static <T> T await(CompletableFuture<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    }
  }

  /** Keeps this thread interrupted, and makes what is thrown then. */
  public static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while translating", e);
  }

  private static RuntimeException unchecked(Throwable problem) {
    if (problem instanceof CompletionException wrapper && wrapper.getCause() != null) {
      return unchecked(wrapper.getCause());
    }
    if (problem instanceof Error error) {
      throw error;
    }
    return problem instanceof RuntimeException e ? e : new IllegalStateException(problem);
  }
}
