// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarianTokenizerTest {

  private static final Path ROOT = Path.of(System.getProperty("dragoman.root"));
  private static final Path MODEL = ROOT.resolve("models/fr-en");
  private static final Tokenizer TOKENIZER = Models.open(MODEL).tokenizer();

  @Test
  void agreesWithTheProjectsGoldenRecords() throws IOException {
    assertEquals(250, compare(Path.of("../models/fr-en/golden/own.fr-en.jsonl")));
  }

  @Test
  void agreesWithAllGoldenRecords() throws IOException {
    Path golden = ROOT.resolve("../shared/golden/fr-en.jsonl");
    assumeTrue(Files.exists(golden), "no golden records at " + golden);
    assertTrue(compare(golden) > 1000);
  }

  private static int compare(Path golden) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode ids = mapper.readTree(Files.readAllBytes(MODEL.resolve("vocab.json")));
    List<String> records = Files.readAllLines(golden);
    for (String line : records) {
      JsonNode golds = mapper.readTree(line);
      int[] source = TOKENIZER.encode(golds.get("text").asText());
      assertArrayEquals(
          ids(golds.get("src"), ids), Arrays.copyOf(source, Math.max(0, source.length - 1)), line);
      for (int i = 0; i < golds.get("hypotheses").size(); i++) {
        int[] target = ids(golds.get("hypotheses").get(i), ids);
        assertEquals(golds.get("translations").get(i).asText(), TOKENIZER.decode(target), line);
      }
    }
    return records.size();
  }

  private static int[] ids(JsonNode pieces, JsonNode vocabulary) {
    List<Integer> ids = new ArrayList<>();
    pieces.forEach(piece -> ids.add(vocabulary.path(piece.asText()).asInt(1)));
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t \u00a0"})
  void textWithoutTokensIsEmpty(String text) {
    assertEquals(0, TOKENIZER.encode(text).length);
  }

  @Test
  void strangeCharactersSurviveTheLibrary() throws IOException {
    SentencePiece pieces = sentencePiece();
    assertEquals(List.of("▁", "😀", "▁a"), pieces.pieces("😀 a"));
    assertEquals(List.of("▁a", "\0", "b"), pieces.pieces("a\0b"));
    assertEquals(List.of("▁a", "b"), pieces.pieces("a\u0001b"));
    assertEquals(pieces.pieces("a\ufffdb"), pieces.pieces("a\ud800b"));
    assertEquals(pieces.pieces("x\ufffd"), pieces.pieces("x\udc00"));
  }

  @Test
  void languageTagIsOneTokenAndUnknownPiecesAreUnknown() throws IOException {
    Tokenizer tokenizer = tokenizer(Map.of(">>fra<<", 2, "▁a", 3));
    assertArrayEquals(new int[] {2, 3, 0}, tokenizer.encode(">>fra<< a"));
    assertEquals(">>fra<<", tokenizer.prefix(">>fra<< a"));
    assertEquals("", tokenizer.prefix(">>deu<< a"));
    assertArrayEquals(new int[] {2, 3, 0}, tokenizer.encode(" \t\u00a0\u3000>>fra<<a"));
    assertEquals("  >>fra<<", tokenizer.prefix("  >>fra<< a"));
    assertEquals("", tokenizer.prefix("a >>fra<< a"));
    assertArrayEquals(new int[] {3, 1, 1, 0}, tokenizer.encode("a 漢字"));
    assertEquals(0, tokenizer.encode(">>fra<<").length);
  }

  @Test
  void aTagThatTheModelLacksIsNoticed() throws IOException {
    Tokenizer tokenizer = tokenizer(Map.of(">>fra<<", 2, ">>deu_Latn<<", 4, "▁a", 3));
    assertEquals(Optional.empty(), doubt(tokenizer, ">>fra<< a"));
    assertEquals(Optional.empty(), doubt(tokenizer, "a >>xyz<< a"));
    assertEquals(Optional.empty(), doubt(tokenizer, ">> xyz << a"));
    for (String tag : List.of(">>xyz<<", ">>FRA<<")) {
      assertEquals(
          "begins with "
              + tag
              + ", taken as text: the language tags of the model are >>deu_Latn<< >>fra<<",
          doubt(tokenizer, "  " + tag + "a").orElseThrow());
    }
    Map<String, Integer> many = new HashMap<>();
    for (int id = 2; id < 12; id++) {
      many.put(">>l%c<<".formatted('a' + id), id);
    }
    String some = doubt(tokenizer(many), ">>xyz<<").orElseThrow();
    assertTrue(some.contains("are >>lc<< >>ld<< "), some);
    assertTrue(some.contains(" >>lj<< and 2 more"), some);
  }

  /** A text with such a tag is most likely meant for another model. */
  @Test
  void aTagForAModelWithoutTagsIsNoticed() {
    assertEquals(
        "begins with >>xyz<<, taken as text: the model has no language tags",
        doubt(TOKENIZER, ">>xyz<< Un chien.").orElseThrow());
    assertEquals(Optional.empty(), doubt(TOKENIZER, "> > >> « Un chien » <<"));
  }

  private static Optional<String> doubt(Tokenizer tokenizer, String text) {
    return tokenizer.doubt(text, tokenizer.encode(text));
  }

  @Test
  void decodesToNormalText() throws IOException {
    Tokenizer tokenizer =
        tokenizer(
            Map.of("▁a", 2, "😀", 3, "\n", 4, "<0xF0>", 5, "<0x9F>", 6, "<0x98>", 7, "<0x81>", 8));
    assertEquals("a😀 a", tokenizer.decode(new int[] {2, 3, 2}));
    assertEquals("a a", tokenizer.decode(new int[] {2, 4, 2}).replaceAll(" +", " "));
    assertEquals("a😁", tokenizer.decode(new int[] {2, 5, 6, 7, 8}));
    assertEquals("a \u2047  a", tokenizer.decode(new int[] {2, 1, 2}));
    assertEquals("", tokenizer.decode(new int[0]));
    assertEquals(List.of("▁a", "😀"), tokenizer.pieces(new int[] {2, 3}));
  }

  /** The text is cut in blocks, which changes nothing where there are spaces. */
  @Test
  void longTextHasThePiecesOfItsWords() {
    int[] one = TOKENIZER.encode("Une femme lit. ");
    int[] many = TOKENIZER.encode("Une femme lit. ".repeat(1000));
    for (int i = 0; i < many.length - 1; i++) {
      assertEquals(one[i % (one.length - 1)], many[i]);
    }
    assertEquals(1000 * (one.length - 1) + 1, many.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "漢", "😀", "\0", "été "})
  void aMillionCharactersAreTokenized(String unit) {
    String text = unit.repeat(1_000_000 / unit.length());
    assertTrue(TOKENIZER.encode(text).length > 1);
  }

  @Test
  void threadsDoNotDisturbEachOther() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../models/fr-en/golden/own.fr.txt"));
    List<List<Integer>> alone = lines.stream().map(MarianTokenizerTest::encode).toList();
    for (int round = 0; round < 50; round++) {
      assertEquals(alone, lines.parallelStream().map(MarianTokenizerTest::encode).toList());
    }
  }

  private static List<Integer> encode(String text) {
    return Arrays.stream(TOKENIZER.encode(text)).boxed().toList();
  }

  private static SentencePiece sentencePiece() throws IOException {
    return new SentencePiece(Files.readAllBytes(MODEL.resolve("source.spm")));
  }

  private static Tokenizer tokenizer(Map<String, Integer> words) throws IOException {
    Map<String, Integer> ids = new HashMap<>(words);
    ids.put("</s>", 0);
    ids.put("<unk>", 1);
    Vocabulary vocabulary = new Vocabulary(ids, 12);
    return new MarianTokenizer(sentencePiece(), vocabulary, vocabulary, 0, 1);
  }
}
