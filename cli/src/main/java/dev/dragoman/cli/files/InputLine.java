// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

/**
 * The place of a line in its file, and how it ended.
 *
 * @param source the file's name, or {@code standard input}
 * @param number its number in that file, from 1
 * @param terminator what ends its translation, empty only for the last line of all
 * @param malformed how often its bytes were not UTF-8
 */
public record InputLine(String source, long number, String terminator, int malformed) {

  /** Returns file and line number, as messages show them. */
  public String place() {
    return source + ", line " + number;
  }
}
