// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.batch.DelimitedRecords.Quoting;
import dev.dragoman.batch.DelimitedRecords.Table;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the records of the inputs are, as the user has said it.
 *
 * @param kind empty if each file's name says it
 * @param column of tables
 * @param separator of tables; empty for the usual one
 * @param header whether tables begin with names
 * @param field of JSON Lines
 * @param outputField of JSON Lines; empty if the translation takes the field's place
 */
public record RecordFormat(
    Optional<Kind> kind,
    Optional<String> column,
    Optional<Character> separator,
    Header header,
    Optional<String> field,
    Optional<String> outputField) {

  /** Kinds of files. */
  public enum Kind {
    /** Every line is translated. */
    TEXT,
    /** Fields with tabs between them. */
    TSV,
    /** Fields with commas between them, perhaps in quotes. */
    CSV,
    /** A JSON object on each line. */
    JSONL
  }

  /** Whether the first record of a table is names. */
  public enum Header {
    PRESENT,
    ABSENT
  }

  /** Returns the format of plain text. */
  public static RecordFormat text() {
    return new RecordFormat(
        Optional.of(Kind.TEXT),
        Optional.empty(),
        Optional.empty(),
        Header.ABSENT,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Returns the kind of one file.
   *
   * @param name without the extension of a compression
   */
  Kind kindOf(String name) throws BatchException {
    Kind named = byName(name.toLowerCase(Locale.ROOT));
    if (kind.isPresent()) {
      return kind.get();
    }
    if (field.isPresent()) {
      return Kind.JSONL;
    }
    if (column.isPresent()) {
      if (named == Kind.TSV || named == Kind.CSV) {
        return named;
      }
      throw new BatchException(
          "is it TSV or CSV? Use the setting format=tsv or the setting format=csv");
    }
    return switch (named) {
      case TSV, CSV ->
          throw new BatchException(
              "is a table: choose its text with the setting column, or use the setting format=text");
      case JSONL ->
          throw new BatchException(
              "is JSON Lines: choose its text with the setting field, or use the setting format=text");
      case TEXT -> Kind.TEXT;
    };
  }

  private static Kind byName(String name) {
    if (name.endsWith(".tsv") || name.endsWith(".tab")) {
      return Kind.TSV;
    }
    if (name.endsWith(".csv")) {
      return Kind.CSV;
    }
    return name.endsWith(".jsonl") || name.endsWith(".ndjson") ? Kind.JSONL : Kind.TEXT;
  }

  /** Reads the records of a text that has been decompressed. */
  RecordReader open(String name, InputStream in) throws BatchException {
    return switch (kindOf(name)) {
      case TEXT -> new TextRecords(in);
      case TSV -> new DelimitedRecords(in, table('\t', Quoting.NONE));
      case CSV -> new DelimitedRecords(in, table(',', Quoting.DOUBLE_QUOTES));
      case JSONL ->
          new JsonRecords(
              in, JsonPath.parse(field.orElseThrow()), outputField.map(JsonPath::parse));
    };
  }

  private Table table(char usual, Quoting quoting) {
    return new Table(separator.orElse(usual), quoting, column.orElseThrow(), header);
  }

  /** Returns the settings that were given, for the journal. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    kind.ifPresent(value -> settings.put("format", value.name().toLowerCase(Locale.ROOT)));
    column.ifPresent(value -> settings.put("column", value));
    separator.ifPresent(value -> settings.put("separator", value.toString()));
    if (header == Header.PRESENT) {
      settings.put("header", "yes");
    }
    field.ifPresent(value -> settings.put("field", value));
    outputField.ifPresent(value -> settings.put("output-field", value));
    return settings;
  }

  /**
   * Refuses what does not go together.
   *
   * @throws IllegalArgumentException saying what
   */
  public RecordFormat checked() {
    boolean table = kind.filter(k -> k == Kind.TSV || k == Kind.CSV).isPresent();
    boolean json = kind.filter(k -> k == Kind.JSONL).isPresent();
    require(
        column.isEmpty() || field.isEmpty(),
        "the setting column is for tables, the setting field for JSON Lines");
    require(!table || column.isPresent(), "the setting format=tsv or csv needs the setting column");
    require(!json || field.isPresent(), "the setting format=jsonl needs the setting field");
    require(kind.isEmpty() || table || column.isEmpty(), "the setting column is for TSV and CSV");
    require(kind.isEmpty() || json || field.isEmpty(), "the setting field is for JSON Lines");
    require(
        outputField.isEmpty() || field.isPresent(),
        "the setting output-field needs the setting field");
    require(
        column.isPresent() || (separator.isEmpty() && header == Header.ABSENT),
        "the setting separator and the setting header need the setting column");
    require(
        separator.filter(c -> c > 127 || c == '"' || c == '\n' || c == '\r').isEmpty(),
        "the setting separator is one ASCII character, not a quote or a line end");
    require(
        field.filter(String::isEmpty).isEmpty() && outputField.filter(String::isEmpty).isEmpty(),
        "the setting field and the setting output-field name a field");
    return this;
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
