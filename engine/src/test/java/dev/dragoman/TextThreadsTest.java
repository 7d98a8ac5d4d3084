// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.pipeline.Futures;
import dev.dragoman.text.Tokenizer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines become tokens, and tokens lines, several at a time and in order. */
@Timeout(Hang.SECONDS)
class TextThreadsTest {
  private static final Model LETTERS = TestModels.letters();

  @BeforeEach
  void needTwoCores() {
    Assumptions.assumeTrue(
        Runtime.getRuntime().availableProcessors() > 1, "skipped: there is one core only");
  }

  @Test
  void twoLinesAreTokenizedAndDetokenizedAtOnce() {
    List<String> lines = List.of("abc", "def");
    for (int form = 0; form < 2; form++) {
      Meeting tokenizer = new Meeting(LETTERS.tokenizer());
      Model model = new Model(LETTERS.config(), LETTERS.weights(), tokenizer);
      try (Translator translator = Translator.load(model, TestModels.options())) {
        List<Translation> both =
            form == 0 ? translator.translate(lines) : translator.translate(lines.stream()).toList();
        assertEquals(2, both.size());
      }
      assertTrue(tokenizer.metEncoding(), "encode waits for another thread in encode");
      assertTrue(tokenizer.metDecoding(), "decode waits for another thread in decode");
    }
  }

  @Test
  void whatTheTokenizerThrowsIsThrownAsItWas() {
    IllegalStateException problem = new IllegalStateException("injected");
    Tokenizer broken =
        new Forwarding(LETTERS.tokenizer()) {
          @Override
          public int[] encode(String text) {
            throw problem;
          }
        };
    Model model = new Model(LETTERS.config(), LETTERS.weights(), broken);
    try (Translator translator = Translator.load(model, TestModels.options())) {
      assertEquals(
          problem, assertThrows(IllegalStateException.class, () -> translator.translate("abc")));
      Stream<Translation> stream = translator.translate(Stream.of("abc"));
      assertEquals(problem, assertThrows(IllegalStateException.class, stream::toList));
    }
  }

  @Test
  void workAfterTheEndIsStillDone() {
    TextThreads threads = new TextThreads();
    threads.close();
    assertEquals("x", Futures.await(CompletableFuture.supplyAsync(() -> "x", threads)));
  }

  private static class Forwarding implements Tokenizer {
    private final Tokenizer tokenizer;

    Forwarding(Tokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }

    @Override
    public int[] encode(String text) {
      return tokenizer.encode(text);
    }

    @Override
    public List<String> pieces(int[] ids) {
      return tokenizer.pieces(ids);
    }

    @Override
    public String decode(int[] ids) {
      return tokenizer.decode(ids);
    }
  }

  /** Two threads have to be in the same place at once, or both wait in vain. */
  private static final class Meeting extends Forwarding {
    private final CountDownLatch encoding = new CountDownLatch(2);
    private final CountDownLatch decoding = new CountDownLatch(2);
    private volatile boolean alone;

    Meeting(Tokenizer tokenizer) {
      super(tokenizer);
    }

    boolean metEncoding() {
      return !alone && encoding.getCount() == 0;
    }

    boolean metDecoding() {
      return !alone && decoding.getCount() == 0;
    }

    @Override
    public int[] encode(String text) {
      meet(encoding);
      return super.encode(text);
    }

    @Override
    public String decode(int[] ids) {
      meet(decoding);
      return super.decode(ids);
    }

    private void meet(CountDownLatch place) {
      place.countDown();
      try {
        if (!place.await(Hang.SECONDS, TimeUnit.SECONDS)) {
          alone = true;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        alone = true;
      }
    }
  }
}
