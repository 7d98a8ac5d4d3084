// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.natives;

import java.nio.file.Path;

/** What this program keeps for later starts, none of which it needs. */
public final class UserCache {

  private UserCache() {}

  /**
   * Returns a folder in the user's cache folder, as the XDG base directory specification has it.
   */
  public static Path folder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return folder.resolve("dragoman");
  }
}
