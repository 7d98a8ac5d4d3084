package dev.dragoman.device.cuda;

import dev.dragoman.natives.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a GPU computes feed-forward layers of each shape: in one kernel of ours, or as two products
 * of cuBLAS. The faster one is found once and remembered in a file, since the last bits of a
 * translation depend on it. Safe for several threads and processes.
 */
final class FeedForwardWays {
  private static final Logger log = LoggerFactory.getLogger(FeedForwardWays.class);

  /** The fused kernel has to be so much faster, so that noise does not decide. */
  private static final double CLEARLY_FASTER = 0.95;

  /** The ways. */
  enum Way {
    /** One kernel; the hidden activations never leave the chip. */
    FUSED,

    /** Two products, and the activation between them. */
    TWO_PRODUCTS
  }

  private final String card;
  private final Optional<Path> file;
  private final Way otherwise;
  private final Map<String, Way> chosen = new TreeMap<>();

  private FeedForwardWays(String card, Optional<Path> file, Way otherwise) {
    this.otherwise = otherwise;
    this.card = card;
    this.file = file;
  }

  /** This way, whatever the shape: where nothing can be measured. */
  static FeedForwardWays always(Way way) {
    return new FeedForwardWays("", Optional.empty(), way);
  }

  /**
   * What was measured on this card, and what will be.
   *
   * @param card with all that the times depend on: driver, cuBLAS
   */
  static FeedForwardWays remembered(String card, Path file) {
    FeedForwardWays ways = new FeedForwardWays(card, Optional.of(file), Way.TWO_PRODUCTS);
    ways.chosen.putAll(ways.read(file));
    return ways;
  }

  /** In the user's cache folder. */
  static Path usualFile() {
    return UserCache.folder().resolve("feed-forward.txt");
  }

  /** The way for a shape; the usual one if nobody has chosen. */
  synchronized Way of(String shape) {
    return chosen.getOrDefault(shape, otherwise);
  }

  /**
   * Chooses the way for a shape, if nobody has.
   *
   * @param seconds measures a way
   */
  synchronized void choose(String shape, ToDoubleFunction<Way> seconds) {
    if (file.isEmpty() || chosen.containsKey(shape)) {
      return;
    }
    read(file.get()).forEach(chosen::putIfAbsent); // another GPU of this kind may have measured
    if (chosen.containsKey(shape)) {
      return;
    }
    double two = seconds.applyAsDouble(Way.TWO_PRODUCTS);
    double fused = seconds.applyAsDouble(Way.FUSED);
    Way way = fused < CLEARLY_FASTER * two ? Way.FUSED : Way.TWO_PRODUCTS;
    log.info(
        "feed-forward {} on {}: {} (fused {} us, two products {} us)",
        shape,
        card,
        way,
        Math.round(fused * 1e6),
        Math.round(two * 1e6));
    chosen.put(shape, way);
    write(file.get());
  }

  /** A line is card, shape and way, with tabs between; others stay as they are. */
  private Map<String, Way> read(Path from) {
    Map<String, Way> ways = new TreeMap<>();
    for (String line : lines(from)) {
      String[] parts = line.split("\t", -1);
      boolean whole = parts.length == 3 && parts[0].equals(card);
      Stream.of(Way.values())
          .filter(way -> whole && way.name().equals(parts[2]))
          .forEach(way -> ways.put(parts[1], way));
    }
    return ways;
  }

  private static List<String> lines(Path from) {
    try {
      return Files.exists(from) ? Files.readAllLines(from) : List.of();
    } catch (IOException e) {
      log.warn("{} cannot be read, shapes are measured again: {}", from, e.toString());
      return List.of();
    }
  }

  /** All at once, with what other processes have added meanwhile. */
  private void write(Path to) {
    TreeMap<String, String> all = new TreeMap<>();
    for (String line : lines(to)) {
      all.put(line.substring(0, Math.max(0, line.lastIndexOf('\t'))), line);
    }
    chosen.forEach((shape, way) -> all.put(card + "\t" + shape, line(shape, way)));
    try {
      Files.createDirectories(to.getParent());
      Path whole = Files.createTempFile(to.getParent(), "feed-forward", ".tmp");
      Files.writeString(whole, all.values().stream().collect(Collectors.joining("\n", "", "\n")));
      Files.move(whole, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn(
          "{} cannot be written, so the next run measures again and may differ in the last bits"
              + " of a score: {}",
          to,
          e.toString());
    }
  }

  private String line(String shape, Way way) {
    return card + "\t" + shape + "\t" + way;
  }
}
