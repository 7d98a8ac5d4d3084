// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A field's text, which may have several lines: each is translated alone, and what ends it stays.
 *
 * @param lines without their ends, at least one
 * @param ends one fewer
 */
record FieldText(List<String> lines, List<String> ends) {
  private static final Pattern END = Pattern.compile("\r?\n");

  static FieldText of(String text) {
    if (text.indexOf('\n') < 0) {
      return new FieldText(List.of(text), List.of());
    }
    List<String> lines = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    Matcher end = END.matcher(text);
    int start = 0;
    while (end.find()) {
      lines.add(text.substring(start, end.start()));
      ends.add(end.group());
      start = end.end();
    }
    lines.add(text.substring(start));
    return new FieldText(lines, ends);
  }

  /** Returns the field with other lines. */
  String with(List<String> translations) {
    StringBuilder text = new StringBuilder(translations.get(0));
    for (int i = 0; i < ends.size(); i++) {
      text.append(ends.get(i)).append(translations.get(i + 1));
    }
    return text.toString();
  }

  /** Says whether bytes are UTF-8. */
  static boolean isUtf8(byte[] bytes, int from, int to) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      return true;
    } catch (CharacterCodingException e) {
      return false; // the answer, not a problem
    }
  }
}
