// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.text.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Plain text: every line is a record. */
final class TextRecords implements RecordReader {
  private final LineReader lines;
  private long number;

  TextRecords(InputStream in) {
    this.lines = new LineReader(in);
  }

  @Override
  public Optional<InputRecord> next() throws IOException {
    return lines.next().map(this::record);
  }

  private InputRecord record(LineReader.Line line) {
    number++;
    return new InputRecord(
        number,
        line.text().length(),
        List.of(line.text()),
        texts -> (texts.get(0) + line.terminator()).getBytes(StandardCharsets.UTF_8),
        line.malformed(),
        Optional.empty());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
