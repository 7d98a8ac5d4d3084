// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.docs;

import dev.dragoman.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One of the repository's Markdown files.
 *
 * @param file where it lies
 * @param text its content
 */
record Page(Path file, String text) {
  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]+`");
  private static final Pattern LINK = Pattern.compile("(?s)\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Set<String> PASSED_OVER = Set.of("target", ".git");

  /** Reads all of them. */
  static List<Page> all() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> isSource(Repository.ROOT.relativize(file)))
          .map(Page::read)
          .toList();
    }
  }

  /** Reads one. */
  static Page read(Path file) {
    try {
      return new Page(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSource(Path file) {
    return Stream.iterate(file, path -> path != null, Path::getParent)
        .noneMatch(path -> PASSED_OVER.contains(path.getFileName().toString()));
  }

  /** Returns the targets of its links, those to other sites left out. */
  List<String> links() {
    String prose = CODE.matcher(CODE_BLOCK.matcher(text).replaceAll("")).replaceAll("code");
    return LINK.matcher(prose)
        .results()
        .map(link -> link.group(1))
        .filter(target -> !target.contains("://"))
        .toList();
  }

  /** Returns the names by which links reach its headings, made as GitHub makes them. */
  Set<String> anchors() {
    return HEADING
        .matcher(CODE_BLOCK.matcher(text).replaceAll(""))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** Its blocks of code in this language. */
  List<String> code(String language) {
    return CODE_BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map((MatchResult block) -> block.group(2))
        .toList();
  }
}
