// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.text.LineReader.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  @Test
  void splitsAtLineFeedsOnly() throws IOException {
    assertEquals(
        List.of(
            new Line("a", "\n", 0),
            new Line("b\rc", "\r\n", 0),
            new Line("", "\n", 0),
            new Line("d\u2028\u0085\f", "", 0)),
        lines("a\nb\rc\r\n\nd\u2028\u0085\f"));
  }

  @Test
  void emptyInputHasNoLines() throws IOException {
    assertEquals(List.of(), lines(""));
    assertEquals(List.of(new Line("", "\n", 0)), lines("\n"));
    assertEquals(List.of(new Line("\r", "", 0)), lines("\r"));
  }

  @Test
  void replacesAndCountsWhatIsNotUtf8() throws IOException {
    byte[] bytes = {
      'a', (byte) 0xFF, 'b', (byte) 0xC3, '\n', (byte) 0xEF, (byte) 0xBF, (byte) 0xBD
    };
    assertEquals(
        List.of(new Line("a\ufffdb\ufffd", "\n", 2), new Line("\ufffd", "", 0)),
        lines(new ByteArrayInputStream(bytes)));
  }

  @Test
  void keepsTheByteOrderMarkOutOfTheText() throws IOException {
    LineReader reader = reader("\ufeffa\n\ufeffb");
    assertEquals(Optional.of(new Line("a", "\n", 0)), reader.next());
    assertEquals(Optional.of(new Line("\ufeffb", "", 0)), reader.next());
    assertEquals(Optional.of(new Line("ab", "", 0)), reader("ab").next());
  }

  @Test
  void aShortFirstLineIsThereBeforeTheNextIsTyped() throws IOException {
    InputStream keyboard =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[] {'\n'}),
            new InputStream() {
              @Override
              public int read() {
                throw new AssertionError("the next line was waited for");
              }

              @Override
              public int read(byte[] buffer, int offset, int length) {
                return read();
              }
            });
    assertEquals(Optional.of(new Line("", "\n", 0)), new LineReader(keyboard).next());
  }

  /** Characters and terminators fall on every place of the buffer's edge. */
  @Test
  void buffersDoNotShow() throws IOException {
    for (int length = 65_530; length < 65_542; length++) {
      String text = "x".repeat(length) + "é";
      assertEquals(List.of(new Line(text, "\r\n", 0), new Line("y", "", 0)), lines(text + "\r\ny"));
    }
  }

  private static List<Line> lines(String text) throws IOException {
    return lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Line> lines(InputStream in) throws IOException {
    LineReader reader = new LineReader(in);
    List<Line> lines = new ArrayList<>();
    for (Optional<Line> line = reader.next(); line.isPresent(); line = reader.next()) {
      lines.add(line.get());
    }
    return lines;
  }

  private static LineReader reader(String text) {
    return new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
