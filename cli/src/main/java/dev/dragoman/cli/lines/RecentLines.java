package dev.dragoman.cli.lines;

import dev.dragoman.Translation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Knows the lines that were asked for last, up to a number of lines and of characters, and behind
 * them those of a store.
 */
public final class RecentLines implements KnownLines {
  private static final long MOST_CHARACTERS = 1 << 23;

  private final int capacity;
  private final TranslationStore store;
  private final LinkedHashMap<String, SharedResult> recent = new LinkedHashMap<>(16, 0.75f, true);
  private long characters;

  /**
   * Knows nothing yet.
   *
   * @param capacity lines at most, from 0
   */
  public RecentLines(int capacity, TranslationStore store) {
    this.capacity = capacity;
    this.store = store;
  }

  @Override
  public SharedResult find(String text) {
    SharedResult known = recent.get(text);
    if (known != null && !known.hasFailed()) {
      return known;
    }
    SharedResult result =
        store
            .find(text)
            .map(translation -> SharedResult.remembered(text, translation))
            .orElseGet(() -> SharedResult.pending(text));
    if (recent.put(text, result) == null) {
      characters += text.length();
    }
    trim();
    return result;
  }

  private void trim() {
    var eldest = recent.entrySet().iterator();
    while (recent.size() > capacity || characters > MOST_CHARACTERS) {
      Map.Entry<String, SharedResult> entry = eldest.next();
      characters -= entry.getKey().length();
      eldest.remove();
    }
  }

  @Override
  public void add(String text, Translation translation) {
    store.add(text, translation);
  }
}
