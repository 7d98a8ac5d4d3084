// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The repository's Markdown files lead only to what is there. */
final class LinksTest {
  private static final int LONGEST_README = 100;

  @Test
  void everyLinkLeadsToAFileAndAHeading() throws IOException {
    List<String> dead = new ArrayList<>();
    int links = 0;
    for (Page page : Page.all()) {
      for (String link : page.links()) {
        links++;
        if (!leadsSomewhere(page, link)) {
          dead.add(Repository.ROOT.relativize(page.file()) + ": " + link);
        }
      }
    }
    assertEquals(List.of(), dead);
    assertTrue(links > 0, "no links were found in " + Repository.ROOT);
  }

  private static boolean leadsSomewhere(Page page, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? page.file() : page.file().resolveSibling(path);
    if (hash < 0 || !Files.isRegularFile(target)) {
      return hash < 0 && Files.exists(target);
    }
    return Page.read(target).anchors().contains(link.substring(hash + 1));
  }

  @Test
  void theReadmeIsShort() {
    long lines = Page.read(Repository.ROOT.resolve("README.md")).text().lines().count();
    assertTrue(lines <= LONGEST_README, "README.md has " + lines + " lines");
  }
}
