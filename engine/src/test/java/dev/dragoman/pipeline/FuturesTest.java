// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FuturesTest {
  @Test
  void whatAFutureFailedWithIsThrownAsItWas() {
    for (Throwable problem : new Throwable[] {new IllegalStateException("injected"), new Error()}) {
      CompletableFuture<String> failed = CompletableFuture.failedFuture(problem);
      assertSame(problem, assertThrows(Throwable.class, () -> Futures.await(failed)));
      CompletableFuture<String> after = failed.thenApply(String::trim); // wraps what it failed with
      assertSame(problem, assertThrows(Throwable.class, () -> Futures.await(after)));
    }
  }

  @Test
  void aCheckedExceptionIsTheCauseOfWhatIsThrown() {
    IOException problem = new IOException("torn");
    CompletableFuture<String> failed = CompletableFuture.failedFuture(problem);
    assertSame(
        problem, assertThrows(IllegalStateException.class, () -> Futures.await(failed)).getCause());
  }

  @Test
  void aResultIsReturned() {
    assertEquals("done", Futures.await(CompletableFuture.completedFuture("done")));
  }
}
