// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Recognizes what lies in the place of a file whose content was never fetched. No file of a model
 * looks like that, whatever its format: none is empty, and none consists of a file's name alone.
 *
 * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md">Git LFS pointers</a>
 */
public final class Placeholder {

  /** Pointers are shorter than this, and links that point so far are not made. */
  private static final int LONGEST = 1024;

  private static final String POINTER = "version https://git-lfs.github.com/spec/";

  /** What every system takes for a name, whatever its encoding of names is. */
  private static final Pattern NAME = Pattern.compile("[ -~&&[^\"*:<>?|]]*[!-~&&[^\"*:<>?|]]");

  private Placeholder() {}

  /**
   * Says what is there instead of a file, and what to do; empty for anything else.
   *
   * @param bytes all of the file
   * @param isFile whether there is a file of a name, as seen from this one
   */
  public static Optional<String> in(ByteSource bytes, Predicate<String> isFile) throws IOException {
    if (bytes.size() == 0) {
      return Optional.of("is empty: it was not fetched or not written to its end; get it again");
    }
    ByteBuffer start = bytes.at(0, (int) Math.min(bytes.size(), LONGEST));
    String text = StandardCharsets.UTF_8.decode(start).toString();
    if (text.startsWith(POINTER)) {
      return Optional.of(
          "is a Git LFS pointer, not the file itself: its content was not downloaded; run git lfs"
              + " pull");
    }
    if (isPage(text)) {
      return Optional.of(
          "is a web page, not the file itself: the download was answered with a page; get it again"
              + " from the address of the file");
    }
    String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (bytes.size() < LONGEST && isLink(name, isFile)) {
      return Optional.of(
          "is a symbolic link that was written as text, not the file itself: put a copy of "
              + OneLine.of(name)
              + " in its place");
    }
    return Optional.empty();
  }

  private static boolean isPage(String text) {
    String start = text.replace("\ufeff", "").stripLeading().toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html")
        || start.startsWith("<?xml")
        || (start.startsWith("<html") && start.contains("<head"));
  }

  /**
   * Says whether a name is a link: one that leads out of the folder is, even if nothing is there.
   */
  private static boolean isLink(String name, Predicate<String> isFile) {
    return NAME.matcher(name).matches() && (name.startsWith("../") || isFile.test(name));
  }
}
