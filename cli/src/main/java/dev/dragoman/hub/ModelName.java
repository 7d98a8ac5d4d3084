// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/** A model's name on the hub, {@code organization/name}, which is safe as a part of a path. */
public record ModelName(String organization, String name) {

  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,95})");

  /** Parses a name; empty if it cannot be one. */
  public static Optional<ModelName> parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 2 || !isPart(parts[0]) || !isPart(parts[1])) {
      return Optional.empty();
    }
    return Optional.of(new ModelName(parts[0], parts[1]));
  }

  /**
   * Says whether a text is a part of a name: the hub allows neither two dots nor two dashes in a
   * row; its cache counts on that.
   */
  private static boolean isPart(String text) {
    return PART.matcher(text).matches() && !text.contains("..") && !text.contains("--");
  }

  /** Returns the model's folder in the cache. */
  String folder() {
    return "models--" + organization + "--" + name;
  }

  @Override
  public String toString() {
    return organization + "/" + name;
  }
}
