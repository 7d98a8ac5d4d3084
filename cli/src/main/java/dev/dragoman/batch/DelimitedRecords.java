// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.text.RawLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tables with separated values, of which one column is translated; every other byte stays. With
 * quotes (CSV, RFC 4180) a field may hold separators, line ends and doubled quotes; without (TSV)
 * it cannot, and a separator or line end in a translation becomes a space.
 */
final class DelimitedRecords implements RecordReader {
  private static final int LONGEST_RECORD = 1 << 24;

  private final RawLines lines;
  private final Table table;
  private int column = -1;

  /**
   * What a table is like.
   *
   * @param separator between fields, ASCII
   * @param quoting whether fields may be quoted
   * @param column the one to translate: its number from 1, or its name in the header
   * @param header whether the first record is names; with a named column it is in any case
   */
  record Table(char separator, Quoting quoting, String column, RecordFormat.Header header) {
    private boolean isNumber() {
      return column.matches("[1-9][0-9]{0,8}");
    }

    private boolean hasNames() {
      return !isNumber() || header == RecordFormat.Header.PRESENT;
    }
  }

  /** Whether fields may be quoted. */
  enum Quoting {
    NONE,
    DOUBLE_QUOTES
  }

  /** How a field is written. */
  private enum FieldForm {
    PLAIN,
    QUOTED
  }

  /** Whether a quoted field is open. */
  private enum Quote {
    OPEN,
    CLOSED
  }

  /** A field's place in its record: {@code from} to {@code to}, its quotes included. */
  private record Span(int from, int to) {}

  DelimitedRecords(InputStream in, Table table) {
    this.lines = new RawLines(in);
    this.table = table;
  }

  @Override
  public Optional<InputRecord> next() throws IOException {
    long first = lines.number() + 1;
    byte[] bytes = nextRecord();
    if (bytes == null) {
      return Optional.empty();
    }
    int start = first == 1 ? RawLines.afterMark(bytes) : 0;
    int end = RawLines.end(bytes);
    if (first == 1) {
      column = columnIn(bytes, start, end);
    }
    if (start == end || (first == 1 && table.hasNames())) {
      return Optional.of(InputRecord.untouched(first, bytes));
    }
    List<Span> fields = fields(bytes, start, end);
    if (column >= fields.size()) {
      String problem = "has " + counted(fields.size()) + ", not " + (column + 1);
      return Optional.of(InputRecord.broken(first, bytes, problem));
    }
    return Optional.of(record(first, bytes, fields.get(column)));
  }

  private int columnIn(byte[] bytes, int start, int end) throws BatchException {
    if (table.isNumber()) {
      int number = Integer.parseInt(table.column());
      int there = start == end ? number : fields(bytes, start, end).size();
      if (number > there) {
        throw new BatchException("no column " + number + "; its first line has " + counted(there));
      }
      return number - 1;
    }
    List<String> names = fields(bytes, start, end).stream().map(f -> value(bytes, f)).toList();
    int index = names.indexOf(table.column());
    if (index < 0) {
      throw new BatchException(
          names.stream()
              .collect(
                  Collectors.joining(
                      ", ", "no column '" + table.column() + "'; its first line has: ", "")));
    }
    return index;
  }

  private static String counted(int columns) {
    return columns == 1 ? "one column" : columns + " columns";
  }

  private InputRecord record(long number, byte[] bytes, Span field) {
    FieldText text = FieldText.of(value(bytes, field));
    int malformed = FieldText.isUtf8(bytes, field.from(), field.to()) ? 0 : 1;
    FieldForm form = isQuoted(bytes, field) ? FieldForm.QUOTED : FieldForm.PLAIN;
    return new InputRecord(
        number,
        bytes.length,
        text.lines(),
        translations -> {
          byte[] value = encode(text.with(translations), form);
          ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + value.length);
          out.write(bytes, 0, field.from());
          out.writeBytes(value);
          out.write(bytes, field.to(), bytes.length - field.to());
          return out.toByteArray();
        },
        malformed,
        Optional.empty());
  }

  private byte[] encode(String value, FieldForm before) {
    String encoded = value;
    if (table.quoting() == Quoting.NONE) {
      encoded = value.replace(table.separator(), ' ').replace('\n', ' ').replace('\r', ' ');
    } else if (before == FieldForm.QUOTED || needsQuotes(value)) {
      encoded = '"' + value.replace("\"", "\"\"") + '"';
    }
    return encoded.getBytes(StandardCharsets.UTF_8);
  }

  private boolean needsQuotes(String value) {
    return value.indexOf(table.separator()) >= 0
        || value.indexOf('"') >= 0
        || value.indexOf('\n') >= 0
        || value.indexOf('\r') >= 0;
  }

  private boolean isQuoted(byte[] bytes, Span field) {
    return table.quoting() == Quoting.DOUBLE_QUOTES
        && field.to() - field.from() >= 2
        && bytes[field.from()] == '"'
        && bytes[field.to() - 1] == '"';
  }

  private String value(byte[] bytes, Span field) {
    boolean quoted = isQuoted(bytes, field);
    int from = field.from() + (quoted ? 1 : 0);
    int to = field.to() - (quoted ? 1 : 0);
    String value = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    return quoted ? value.replace("\"\"", "\"") : value;
  }

  /** Returns the bytes of one record, which has several lines while a quoted field is open. */
  private byte[] nextRecord() throws IOException {
    long first = lines.number() + 1;
    byte[] line = lines.next();
    if (line == null) {
      return null;
    }
    int start = first == 1 ? RawLines.afterMark(line) : 0;
    if (!goesOn(line, start, Quote.CLOSED)) {
      return line;
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(line);
    do {
      line = lines.next();
      if (line == null || record.size() > LONGEST_RECORD) {
        throw new BatchException("line " + first + ": a quote is opened and not closed");
      }
      record.writeBytes(line);
    } while (goesOn(line, 0, Quote.OPEN));
    return record.toByteArray();
  }

  /** Says whether a quoted field goes on after this line. */
  private boolean goesOn(byte[] line, int start, Quote before) {
    if (table.quoting() == Quoting.NONE) {
      return false;
    }
    boolean quoted = before == Quote.OPEN;
    boolean fieldStarts = !quoted;
    for (int at = start; at < line.length; at++) {
      if (line[at] == '"' && quoted && at + 1 < line.length && line[at + 1] == '"') {
        at++; // a quote in the field
      } else if (line[at] == '"' && (quoted || fieldStarts)) {
        quoted = !quoted;
      }
      fieldStarts = !quoted && line[at] == table.separator();
    }
    return quoted;
  }

  private List<Span> fields(byte[] bytes, int start, int end) {
    List<Span> fields = new ArrayList<>();
    int from = start;
    while (true) {
      int to = fieldEnd(bytes, from, end);
      fields.add(new Span(from, to));
      if (to >= end) {
        return fields;
      }
      from = to + 1;
    }
  }

  private int fieldEnd(byte[] bytes, int from, int end) {
    int at = from;
    if (table.quoting() == Quoting.DOUBLE_QUOTES && at < end && bytes[at] == '"') {
      at++;
      while (at < end && !(bytes[at] == '"' && (at + 1 == end || bytes[at + 1] != '"'))) {
        at += bytes[at] == '"' ? 2 : 1;
      }
    }
    while (at < end && bytes[at] != table.separator()) {
      at++;
    }
    return at;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
