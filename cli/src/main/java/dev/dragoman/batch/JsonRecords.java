// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.dragoman.text.JsonProblem;
import dev.dragoman.text.OneLine;
import dev.dragoman.text.RawLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * JSON Lines: one field of each object is translated, in its place or into another field; every
 * other byte stays.
 */
final class JsonRecords implements RecordReader {
  private final RawLines lines;
  private final JsonPath field;
  private final Optional<JsonPath> output;

  /**
   * Reads from where the stream stands.
   *
   * @param output where the translation goes; empty if it takes the field's place
   */
  JsonRecords(InputStream in, JsonPath field, Optional<JsonPath> output) {
    this.lines = new RawLines(in);
    this.field = field;
    this.output = output;
  }

  @Override
  public Optional<InputRecord> next() throws IOException {
    byte[] line = lines.next();
    if (line == null) {
      return Optional.empty();
    }
    long number = lines.number();
    int start = RawLines.afterMark(line);
    int end = RawLines.end(line);
    if (new String(line, start, end - start, StandardCharsets.ISO_8859_1).isBlank()) {
      return Optional.of(InputRecord.untouched(number, line));
    }
    try {
      return Optional.of(record(number, line, start, end));
    } catch (JsonProcessingException e) {
      return Optional.of(
          InputRecord.broken(
              number, line, "does not parse as JSON: " + OneLine.first(JsonProblem.plain(e))));
    } catch (JsonPath.MissingException e) {
      return Optional.of(InputRecord.broken(number, line, e.getMessage()));
    }
  }

  private InputRecord record(long number, byte[] line, int start, int end)
      throws IOException, JsonPath.MissingException {
    JsonPath.Place source = field.find(line, start, end);
    FieldText text = FieldText.of(source.requireText(field));
    JsonPath.Place target = output.isPresent() ? output.get().find(line, start, end) : source;
    JsonPath.Splice splice = target.splice(output.orElse(field));
    return new InputRecord(
        number,
        line.length,
        text.lines(),
        translations -> {
          String translated = text.with(translations);
          if (output.isEmpty() && translated.equals(source.value())) {
            return line; // with the escapes that it had
          }
          ByteArrayOutputStream out = new ByteArrayOutputStream(line.length * 2);
          out.write(line, 0, splice.from());
          out.writeBytes(splice.before().getBytes(StandardCharsets.UTF_8));
          out.write('"');
          out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(valid(translated)));
          out.write('"');
          out.writeBytes(splice.after().getBytes(StandardCharsets.UTF_8));
          out.write(line, splice.to(), line.length - splice.to());
          return out.toByteArray();
        },
        0,
        Optional.empty());
  }

  /** Puts a question mark for half a character, which JSON can spell and UTF-8 cannot. */
  private static String valid(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
