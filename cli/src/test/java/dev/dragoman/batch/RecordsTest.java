// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dragoman.batch.RecordFormat.Header;
import dev.dragoman.batch.RecordFormat.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of records change; all other bytes stay. */
final class RecordsTest {

  @Test
  void aColumnOfATsvFileByNumber() throws IOException {
    assertEquals(
        "1\tUN\tx\r\n\n2\tDEUX\n3\n4\tquatre".replace("quatre", "QUATRE"),
        upper(table(Kind.TSV, "2"), "1\tun\tx\r\n\n2\tdeux\n3\n4\tquatre"));
    assertEquals(
        List.of("line 4: has one column, not 2"),
        problems(table(Kind.TSV, "2"), "1\tun\tx\r\n\n2\tdeux\n3\n4\tquatre"));
  }

  @Test
  void aColumnByItsNameLeavesTheHeaderAndTheByteOrderMark() throws IOException {
    assertEquals("\uFEFFtext,id\nA,1\n", upper(table(Kind.CSV, "text"), "\uFEFFtext,id\na,1\n"));
    assertEquals("id\ttext\n1\tA\n", upper(table(Kind.TSV, "text"), "id\ttext\n1\ta\n"));
  }

  @Test
  void aByteOrderMarkIsNoPartOfAFirstRecordWithSeveralLines() throws IOException {
    String text = "\uFEFF\"te,\nxt\",b\n\"1,\n2\",y\n";
    assertEquals("\uFEFF\"te,\nxt\",B\n\"1,\n2\",Y\n", upper(table(Kind.CSV, "2"), text));
    assertEquals("\uFEFF\"te,\nxt\",b\n\"1,\n2\",Y\n", upper(table(Kind.CSV, "b"), text));
  }

  @Test
  void aMissingNameSaysWhichThereAre() {
    BatchException e =
        assertThrows(BatchException.class, () -> upper(table(Kind.TSV, "fr"), "id\ttext\n1\ta\n"));
    assertEquals("no column 'fr'; its first line has: id, text", e.getMessage());
  }

  @Test
  void quotedCsvKeepsItsQuotesAndLines() throws IOException {
    assertEquals(
        "1,\"SAID \"\"OUI\"\"\",x\n2,\"A\r\nB,C\",\"\"\n3,D,\n",
        upper(table(Kind.CSV, "2"), "1,\"said \"\"oui\"\"\",x\n2,\"a\r\nb,c\",\"\"\n3,d,\n"));
    InputRecord record = records(table(Kind.CSV, "2"), "1,\"a\r\nb,c\",x\n").get(0);
    assertEquals(List.of("a", "b,c"), record.texts());
  }

  @Test
  void aCsvFieldGetsQuotesIfItsTranslationNeedsThem() throws IOException {
    assertEquals(
        "1,\"a, \"\"b\"\"\",2\n", translate(table(Kind.CSV, "2"), "1,x,2\n", t -> "a, \"b\""));
    assertEquals("1\ta b c\n", translate(table(Kind.TSV, "2"), "1\tx\n", t -> "a\tb\nc"));
  }

  @Test
  void aQuoteThatIsNotClosedIsNamed() {
    BatchException e =
        assertThrows(
            BatchException.class, () -> upper(table(Kind.CSV, "1"), "a\n\"b\n" + "c\n".repeat(9)));
    assertEquals("line 2: a quote is opened and not closed", e.getMessage());
  }

  /** The generator knows the fields: a second source for what the parser finds. */
  @Test
  void randomTables() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      int column = random.nextInt(4);
      List<String> expected = new ArrayList<>();
      StringBuilder csv = new StringBuilder();
      StringBuilder translated = new StringBuilder();
      for (int row = 0; row < 5; row++) {
        for (int i = 0; i < 4; i++) {
          String separator = i == 3 ? (random.nextBoolean() ? "\n" : "\r\n") : ",";
          String value = randomValue(random);
          boolean quoted = value.matches("(?s).*[\",\n\r].*") || random.nextBoolean();
          csv.append(field(value, quoted)).append(separator);
          translated
              .append(field(i == column ? "<" + value + ">" : value, quoted))
              .append(separator);
          if (i == column) {
            expected.add(value);
          }
        }
      }
      RecordFormat format = table(Kind.CSV, Integer.toString(column + 1));
      List<InputRecord> records = records(format, csv.toString());
      assertEquals(expected, records.stream().map(r -> String.join("\n", r.texts())).toList());
      assertEquals(csv.toString(), translate(format, csv.toString(), t -> t));
      assertEquals(
          translated.toString(), whole(format, csv.toString(), value -> "<" + value + ">"));
    }
  }

  private static String randomValue(Random random) {
    String letters = "ab,\"\né ";
    return IntStream.range(0, 1 + random.nextInt(6))
        .mapToObj(i -> letters.substring(random.nextInt(7)).substring(0, 1))
        .collect(Collectors.joining());
  }

  private static String field(String value, boolean quoted) {
    return quoted ? '"' + value.replace("\"", "\"\"") + '"' : value;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\": 1, \"a\":{\"b\" : \"un\", \"c\":2.50} }|{\"id\": 1, \"a\":{\"b\" : \"UN\", \"c\":2.50} }",
        "{\"a\":{\"b\":\"\\u0065\\n\\\"\"}}|{\"a\":{\"b\":\"E\\n\\\"\"}}",
        "{\"b\":\"x\",\"a\":{\"b\":\"é\"},\"z\":[1,{\"a\":2}]}|{\"b\":\"x\",\"a\":{\"b\":\"É\"},\"z\":[1,{\"a\":2}]}"
      })
  void aJsonFieldInItsPlace(String in, String out) throws IOException {
    assertEquals(out + "\n", upper(json("a.b", null), in + "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t|{\"s\":\"x\"}|{\"s\":\"x\",\"t\":\"X\"}",
        "t|{\"t\":[1, 2],\"s\":\"x\" }|{\"t\":\"X\",\"s\":\"x\" }",
        "m.t|{\"s\":\"x\", \"m\": {} }|{\"s\":\"x\", \"m\": {\"t\":\"X\"} }",
        "m.n.t|{\"s\":\"x\"}|{\"s\":\"x\",\"m\":{\"n\":{\"t\":\"X\"}}}",
        "m.t|{\"m\":{\"u\":1 },\"s\":\"x\"}|{\"m\":{\"u\":1,\"t\":\"X\" },\"s\":\"x\"}"
      })
  void aJsonFieldIntoAnother(String path, String in, String out) throws IOException {
    assertEquals(out + "\n", upper(json("s", path), in + "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"s\":\"x\"",
        "{\"s\":\"x\"} {}",
        "[1]",
        "\"x\"",
        "{\"s\":1}",
        "{\"t\":\"x\"}",
        "{\"s\":null}",
        "{'s':'x'}",
        "{\"s\":\"\u0001\"}"
      })
  void aJsonLineThatCannotBeUsedStaysAsItIs(String line) throws IOException {
    assertEquals(line + "\n", upper(json("s", null), line + "\n"));
    assertEquals(1, problems(json("s", null), line + "\n").size());
    String problem = problems(json("s", null), "{\"s\":\"y\"}\n" + line + "\n").get(0);
    assertTrue(problem.startsWith("line 2: "), problem);
    assertEquals(1, problem.lines().count(), problem);
  }

  /** Jackson's tree is the second source. */
  @Test
  void randomJson() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      ObjectNode object = mapper.createObjectNode();
      for (int i = random.nextInt(4); i > 0; i--) {
        object.set("k" + random.nextInt(5), randomNode(mapper, random, 2));
      }
      object.put("s", randomText(random));
      for (int i = random.nextInt(3); i > 0; i--) {
        object.set("m" + random.nextInt(2), randomNode(mapper, random, 2));
      }
      String line =
          random.nextBoolean()
              ? mapper.writeValueAsString(object)
              : mapper
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(object)
                  .replace("\n", " ");
      ObjectNode expected = object.deepCopy();
      expected.put("t", object.get("s").asText().toUpperCase(Locale.ROOT));
      JsonNode actual = mapper.readTree(upper(json("s", "t"), line + "\n"));
      assertEquals(expected, actual);
      assertEquals(line + "\n", translate(json("s", null), line + "\n", t -> t));
    }
  }

  private static String randomText(Random random) {
    String letters = "ab\"\\\n\té€\uD83D\uDE00/";
    int[] points = letters.codePoints().toArray();
    return IntStream.range(0, random.nextInt(6))
        .mapToObj(i -> Character.toString(points[random.nextInt(points.length)]))
        .collect(Collectors.joining());
  }

  private static JsonNode randomNode(ObjectMapper mapper, Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 5 : 3)) {
      case 0 -> mapper.getNodeFactory().numberNode(random.nextDouble());
      case 1 -> mapper.getNodeFactory().nullNode();
      case 2 -> mapper.getNodeFactory().textNode(randomText(random));
      case 3 -> mapper.createArrayNode().add(randomNode(mapper, random, depth - 1)).add(true);
      default -> mapper.createObjectNode().set("s", randomNode(mapper, random, depth - 1));
    };
  }

  @Test
  void notUtf8IsCounted() throws IOException {
    byte[] tsv = {'a', '\t', (byte) 0xff, '\n'};
    assertEquals(1, records(table(Kind.TSV, "2"), tsv).get(0).malformed());
    assertEquals(0, records(table(Kind.TSV, "1"), tsv).get(0).malformed());
    assertArrayEquals(
        tsv, bytes(table(Kind.TSV, "1"), tsv, texts -> texts)); // the other column stays as it is
  }

  private static RecordFormat table(Kind kind, String column) {
    return new RecordFormat(
            Optional.of(kind),
            Optional.of(column),
            Optional.empty(),
            Header.ABSENT,
            Optional.empty(),
            Optional.empty())
        .checked();
  }

  private static RecordFormat json(String field, String output) {
    return new RecordFormat(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Header.ABSENT,
            Optional.of(field),
            Optional.ofNullable(output))
        .checked();
  }

  private static List<InputRecord> records(RecordFormat format, String in) throws IOException {
    return records(format, in.getBytes(StandardCharsets.UTF_8));
  }

  private static List<InputRecord> records(RecordFormat format, byte[] in) throws IOException {
    List<InputRecord> records = new ArrayList<>();
    try (RecordReader reader = format.open("x", new ByteArrayInputStream(in))) {
      for (var record = reader.next(); record.isPresent(); record = reader.next()) {
        records.add(record.get());
      }
    }
    return records;
  }

  private static List<String> problems(RecordFormat format, String in) throws IOException {
    return records(format, in).stream()
        .flatMap(record -> record.problem().map(p -> "line " + record.line() + ": " + p).stream())
        .toList();
  }

  private static String upper(RecordFormat format, String in) throws IOException {
    return translate(format, in, text -> text.toUpperCase(Locale.ROOT));
  }

  private static String translate(RecordFormat format, String in, UnaryOperator<String> line)
      throws IOException {
    byte[] bytes = in.getBytes(StandardCharsets.UTF_8);
    byte[] out = bytes(format, bytes, texts -> texts.stream().map(line).toList());
    return new String(out, StandardCharsets.UTF_8);
  }

  /** Changes whole fields: the first line gets what stands before, the last what stands after. */
  private static String whole(RecordFormat format, String in, UnaryOperator<String> field)
      throws IOException {
    byte[] out =
        bytes(
            format,
            in.getBytes(StandardCharsets.UTF_8),
            texts -> List.of(field.apply(String.join("\n", texts)).split("\n", -1)));
    return new String(out, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(RecordFormat format, byte[] in, UnaryOperator<List<String>> texts)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (InputRecord record : records(format, in)) {
      List<String> translated = record.texts().isEmpty() ? List.of() : texts.apply(record.texts());
      out.writeBytes(record.layout().bytes(translated));
    }
    return out.toByteArray();
  }
}
