// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.dragoman.device.cuda.FeedForwardWays.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice is made once for a card and a shape, and kept. */
class FeedForwardWaysTest {
  private static final ToDoubleFunction<Way> NEVER = way -> fail("measured " + way);

  @TempDir Path folder;

  private static FeedForwardWays remembered(String card, Path file) {
    return FeedForwardWays.remembered(new CardNotes(card, file));
  }

  /** Returns the way that another process takes for the shape "a". */
  private static Way known(String card, Path file) {
    FeedForwardWays ways = remembered(card, file);
    ways.choose("a", NEVER);
    return ways.of("a");
  }

  private static ToDoubleFunction<Way> seconds(double fused, double twoProducts) {
    return way -> way == Way.FUSED ? fused : twoProducts;
  }

  @Test
  void theFasterOneIsTakenAndRemembered() {
    Path file = folder.resolve("cache/feed-forward.txt");
    FeedForwardWays first = remembered("card", file);
    first.choose("a", seconds(1, 2));
    first.choose("b", seconds(2, 1));
    first.choose("c", seconds(0.99, 1)); // no clear winner
    first.choose("a", NEVER);
    FeedForwardWays second = remembered("card", file);
    for (FeedForwardWays ways : List.of(first, second)) {
      List.of("a", "b", "c").forEach(shape -> ways.choose(shape, NEVER));
      assertEquals(Way.FUSED, ways.of("a"));
      assertEquals(Way.TWO_PRODUCTS, ways.of("b"));
      assertEquals(Way.TWO_PRODUCTS, ways.of("c"));
    }
  }

  @Test
  void twoOfAKindAgree() {
    Path file = folder.resolve("feed-forward.txt");
    FeedForwardWays one = remembered("card", file);
    FeedForwardWays other = remembered("card", file);
    one.choose("a", seconds(1, 2));
    other.choose("a", NEVER);
    assertEquals(Way.FUSED, other.of("a"));
  }

  @Test
  void everyCardHasItsOwn() throws IOException {
    Path file = folder.resolve("feed-forward.txt");
    FeedForwardWays one = remembered("one", file);
    FeedForwardWays other = remembered("other", file);
    one.choose("a", seconds(1, 2));
    other.choose("a", seconds(2, 1));
    assertEquals(Way.FUSED, known("one", file));
    assertEquals(Way.TWO_PRODUCTS, known("other", file));
    assertEquals(2, Files.readAllLines(file).size());
  }

  @Test
  void aFileThatIsBrokenOrCannotBeWrittenDoesNotStopAnything() throws IOException {
    Path file = folder.resolve("feed-forward.txt");
    Files.writeString(file, "card\ta\tSIDEWAYS\n\t\nnonsense\n");
    FeedForwardWays ways = remembered("card", file);
    ways.choose("a", seconds(1, 2));
    assertEquals(Way.FUSED, ways.of("a"));
    assertEquals(Way.FUSED, known("card", file));

    Path inAFile = file.resolve("feed-forward.txt");
    FeedForwardWays forgetful = remembered("card", inAFile);
    forgetful.choose("a", seconds(1, 2));
    assertEquals(Way.FUSED, forgetful.of("a"));
  }

  @Test
  void withoutAFileTheRuleHolds() {
    for (Way way : Way.values()) {
      FeedForwardWays ways = FeedForwardWays.always(way);
      ways.choose("a", NEVER);
      assertEquals(way, ways.of("a"));
    }
  }
}
