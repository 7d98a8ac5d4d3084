// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What users take for text and is not, known by how it begins.
 *
 * @param begin its first bytes, as ISO 8859-1
 * @param sentence what it is, and what to do
 */
record OtherFormat(Pattern begin, String sentence) {
  /** The most bytes that are looked at. */
  static final int HEAD = 262;

  private static final String ZEROS = "\\x00\\x00";

  /** The control characters but for those that texts hold, white space and escape. */
  private static final String CONTROL = "([\\x00-\\x08\\x0E-\\x1A\\x1C-\\x1F])";

  /**
   * UTF-16 and UTF-32 without a byte order mark are known by where the zero bytes of their first
   * characters stand (RFC 4627, section 3). Beyond Latin letters it is the same control character
   * that stands twice in such a place: the number of the script's block.
   */
  private static final List<OtherFormat> ALL =
      List.of(
          encoding("\\xFF\\xFE\\x00\\x00|\\x00\\x00\\xFE\\xFF", "UTF-32"),
          encoding("\\xFF\\xFE|\\xFE\\xFF", "UTF-16"),
          encoding("(?!" + ZEROS + ").." + ZEROS + "(?!" + ZEROS + ").." + ZEROS, "UTF-32LE"),
          encoding(ZEROS + "(?!" + ZEROS + ").." + ZEROS + "(?!" + ZEROS + ")..", "UTF-32BE"),
          encoding("(.)(?!\\1)" + CONTROL + "(?!\\2).\\2", "UTF-16LE"),
          encoding(CONTROL + "(?!\\1).\\1(?!\\1).", "UTF-16BE"),
          compressed("\\x1F\\x8B", "gzip"),
          compressed("\\x28\\xB5\\x2F\\xFD", "Zstandard"),
          compressed("\\xFD7zXZ\\x00", "xz"),
          compressed("BZh[1-9]1AY&SY", "bzip2"), // the digits of pi
          of("PK\\x03\\x04", "is a ZIP archive, as DOCX and ODT are, not text: take its text out"),
          of("%PDF-", "is a PDF, not text: take its text out, as pdftotext does"),
          of(".{257}ustar", "is a tar archive, not text: unpack it"));

  private static OtherFormat of(String begin, String sentence) {
    return new OtherFormat(Pattern.compile(begin, Pattern.DOTALL), sentence);
  }

  private static OtherFormat encoding(String begin, String name) {
    return of(begin, "is %1$s, not UTF-8: convert it with iconv -f %1$s -t UTF-8".formatted(name));
  }

  private static OtherFormat compressed(String begin, String name) {
    return of(
        begin,
        "is compressed with "
            + name
            + ": translate reads plain text; batch reads .gz, .zst, .xz and .bz2, by the name's"
            + " end");
  }

  /**
   * Says what a file is that is not text, in a sentence without its name.
   *
   * @param head its first {@link #HEAD} bytes, but none from its first line feed on
   */
  static Optional<String> of(byte[] head) {
    String bytes = new String(head, StandardCharsets.ISO_8859_1);
    return ALL.stream()
        .filter(format -> format.begin.matcher(bytes).lookingAt())
        .map(OtherFormat::sentence)
        .findFirst();
  }
}
