// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.MarianGolden;
import dev.dragoman.model.NpzBytes;
import dev.dragoman.model.TinyMarian;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archives that tests make are those that Marian writes. */
class NpzBytesTest {
  private static final Pattern HEADER =
      Pattern.compile("\\{'descr': '(.*)', 'fortran_order': False, 'shape': (.*), } +\n");

  private static final String OPTIONS = "special:model.yml";

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "d", "f", "g"})
  void marianWouldHaveWrittenTheSameBytes(String name) throws IOException {
    Path file = MarianGolden.of(name).weights();
    Map<String, byte[]> again = new LinkedHashMap<>();
    for (Map.Entry<String, Array> array : arrays(file).entrySet()) {
      Array facts = array.getValue();
      again.put(array.getKey(), NpzBytes.array(facts.type(), facts.shape(), facts.data()));
    }
    assertArrayEquals(Files.readAllBytes(file), NpzBytes.archive(again));
  }

  /** The generated model has the arrays and the options of a real one; its sizes are smaller. */
  @Test
  void theGeneratedModelIsLikeARealOne() throws IOException {
    Map<String, Array> real = arrays(MarianGolden.of("a").weights());
    TinyMarian tiny = new TinyMarian();
    Map<String, String> shapes = new TreeMap<>();
    tiny.arrays.forEach((name, bytes) -> shapes.put(name, Array.of(bytes).shape()));
    Map<String, String> realShapes = new TreeMap<>();
    real.forEach((name, array) -> realShapes.put(name, inTiny(array.shape())));
    realShapes.keySet().removeIf(name -> name.contains("_l2_") || name.equals(OPTIONS));
    assertEquals(realShapes, shapes);

    tiny.options.put("dim-emb", "64");
    tiny.options.put("dim-vocabs", "[2000, 2000]");
    tiny.options.put("transformer-dim-ffn", "256");
    tiny.options.put("transformer-heads", "4");
    tiny.options.put("enc-depth", "2");
    tiny.options.put("dec-depth", "2");
    Array options = Array.of(NpzBytes.text(tiny.yaml()));
    assertEquals(real.get(OPTIONS).text(), options.text());
  }

  private static String inTiny(String shape) {
    return shape.replaceAll("\\b(64|2000)\\b", "4").replaceAll("\\b256\\b", "6");
  }

  /** A list is written below its name, and what follows it counts for the room, too. */
  @Test
  void tiedLayersAreWrittenAsMarianDoes() throws IOException {
    String real = arrays(MarianGolden.of("g").weights()).get(OPTIONS).text();
    TinyMarian tiny = new TinyMarian();
    tiny.options.put("transformer-tied-layers", "[1, 2, 1]");
    String list = "transformer-tied-layers:\n  - 1\n  - 2\n  - 1\n";
    assertTrue(real.contains(list), real);
    assertTrue(tiny.yaml().contains(list), tiny.yaml());
  }

  /** What a {@code .npy} file holds. */
  private record Array(String type, String shape, byte[] data) {

    static Array of(byte[] npy) {
      int length = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
      String header = new String(npy, 10, length, StandardCharsets.ISO_8859_1);
      Matcher facts = HEADER.matcher(header);
      assertTrue(facts.matches(), header);
      byte[] data = Arrays.copyOfRange(npy, 10 + length, npy.length);
      return new Array(facts.group(1), facts.group(2), data);
    }

    String text() {
      return new String(data, StandardCharsets.UTF_8);
    }
  }

  private static Map<String, Array> arrays(Path file) throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        arrays.put(entry.getName().replaceFirst("\\.npy$", ""), Array.of(bytes));
      }
    }
    return arrays;
  }
}
