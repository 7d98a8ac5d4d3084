// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of lines: in order, lazily, bounded, and with an end whatever happens. */
@Timeout(Hang.SECONDS)
class StreamingTest {
  private static final Model LETTERS = TestModels.letters();
  private static final int SLOTS = 2;

  private final Translator translator =
      Translator.load(LETTERS, TestModels.options().withSlots(SLOTS));

  @AfterEach
  void close() {
    translator.close();
  }

  @Test
  void translationsComeInOrder() {
    List<String> lines = TestModels.words(200);
    List<Translation> expected = translator.translate(lines);
    try (Stream<Translation> stream = translator.translate(lines.stream())) {
      assertEquals(expected, stream.toList());
    }
  }

  @Test
  void aMillionLinesAreNotReadAheadOfTheConsumer() {
    AtomicInteger read = new AtomicInteger();
    Stream<String> lines =
        IntStream.range(0, 1_000_000)
            .mapToObj(
                i -> {
                  read.incrementAndGet();
                  return "abc";
                });
    try (Stream<Translation> stream = translator.translate(lines)) {
      Iterator<Translation> translations = stream.iterator();
      for (int consumed = 1; consumed <= 100; consumed++) {
        translations.next();
        translator.translate("slow consumer"); // meanwhile, nothing else holds the reader back
        // The lines ahead are eight for each slot under way, one that waits to be, and one in the
        // hand.
        int ahead = read.get() - consumed;
        assertTrue(ahead <= 8 * SLOTS + 2, ahead + " lines read ahead");
      }
    }
    assertTrue(read.get() < 1000, read + " lines read");
  }

  @Test
  void noLinesGiveNoTranslations() {
    assertEquals(List.of(), translator.translate(Stream.<String>of()).toList());
  }

  @Test
  void aSlowSourceGivesEachTranslationAtOnce() {
    BlockingQueue<String> typed = new LinkedBlockingQueue<>();
    Stream<String> lines = Stream.generate(() -> take(typed)).takeWhile(line -> !line.equals("."));
    try (Stream<Translation> stream = translator.translate(lines)) {
      Iterator<Translation> translations = stream.iterator();
      for (String line : TestModels.words(10)) {
        typed.add(line); // the next line comes only after this one's translation
        assertEquals(translator.translate(line), translations.next());
      }
      typed.add(".");
      assertFalse(translations.hasNext());
    }
  }

  @Test
  void anExceptionOfTheSourceComesAfterWhatWasReadBefore() {
    for (RuntimeException problem :
        List.of(new UncheckedIOException(new IOException("torn")), new IllegalStateException())) {
      List<Translation> before = new ArrayList<>();
      Stream<String> lines = failing(() -> raise(problem));
      try (Stream<Translation> stream = translator.translate(lines)) {
        assertSame(
            problem, assertThrows(RuntimeException.class, () -> stream.forEach(before::add)));
      }
      assertEquals(translator.translate(TestModels.words(5)), before);
    }
  }

  @Test
  void anErrorOfTheSourceReachesTheConsumerToo() {
    Error problem = new StackOverflowError("injected");
    Stream<String> lines =
        failing(
            () -> {
              throw problem;
            });
    try (Stream<Translation> stream = translator.translate(lines)) {
      assertSame(problem, assertThrows(Error.class, stream::toList));
    }
  }

  @Test
  void aClosedStreamEndsInsteadOfWaiting() {
    Stream<Translation> stream = translator.translate(Stream.generate(() -> "abc"));
    Iterator<Translation> translations = stream.iterator();
    assertFalse(translations.next().failure().isPresent());
    stream.close();
    assertThrows(IllegalStateException.class, () -> translations.forEachRemaining(t -> {}));
  }

  @Test
  void severalStreamsRunSideBySide() {
    List<String> lines = TestModels.words(100);
    List<Translation> expected = translator.translate(lines);
    try (Stream<Translation> first = translator.translate(lines.stream());
        Stream<Translation> second = translator.translate(lines.stream())) {
      Iterator<Translation> one = first.iterator();
      Iterator<Translation> other = second.iterator();
      for (Translation translation : expected) {
        assertEquals(translation, one.next());
        assertEquals(translation, other.next());
      }
    }
  }

  @Test
  void closingTheTranslatorFailsWhatIsPendingAndEndsTheStream() {
    try (Stream<Translation> stream = translator.translate(Stream.generate(() -> "abcdefgh"))) {
      Iterator<Translation> translations = stream.iterator();
      assertFalse(translations.next().failure().isPresent());
      translator.close();
      IllegalStateException end =
          assertThrows(
              IllegalStateException.class,
              () ->
                  translations.forEachRemaining(
                      translation ->
                          translation
                              .failure()
                              .ifPresent(why -> assertEquals("the translator was closed", why))));
      assertEquals("the translator was closed", end.getMessage());
    }
  }

  private static Stream<String> failing(Runnable end) {
    return Stream.concat(
        TestModels.words(5).stream(),
        Stream.of("end")
            .map(
                line -> {
                  end.run();
                  return line;
                }));
  }

  private static void raise(RuntimeException problem) {
    throw problem;
  }

  private static String take(BlockingQueue<String> lines) {
    try {
      return lines.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ".";
    }
  }
}
