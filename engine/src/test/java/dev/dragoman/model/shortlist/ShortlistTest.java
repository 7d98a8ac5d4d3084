// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ShortlistFile.MarianLimits;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.TinyShortlistModel;
import dev.dragoman.model.ZipBytes;
import dev.dragoman.model.formats.Models;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShortlistTest {
  /**
   * A file that was written in C++ from what marian-dev's headers say: a to y and w, b to v, d to
   * z; first 1.
   */
  private static final String BINARY =
      "f5173401d5481af1"
          + "edbdc687373febe2"
          + "01000000000000000200000000000000070000000000000004000000000000000000000000000000"
          + "00000000000000000000000000000000020000000000000003000000000000000300000000000000"
          + "040000000000000004000000060000000700000005000000";

  private static final Model MODEL = TinyShortlistModel.usual();

  @TempDir Path directory;

  private Shortlist open(Model model, String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, bytes);
    return Shortlists.open(model, ShortlistSource.in(file)).orElseThrow();
  }

  private Shortlist open(String name, String text) throws IOException {
    return open(MODEL, name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void chooses(String expected, Shortlist shortlist, String source) {
    int[] words = shortlist.words(MODEL.tokenizer().encode(source));
    assertEquals(expected, String.join(" ", MODEL.tokenizer().pieces(words)));
  }

  @Test
  void aVocabularyMapKnowsWordsSequencesAndWhatIsAlwaysThere() throws IOException {
    Shortlist shortlist =
        open(
            "vmap.txt",
            "\tx nowhere\n"
                + "a\tz\n"
                + "a b\tw\n"
                + "b c d\tu v\n"
                + "nowhere\tu\n"
                + "</s>\tu\n"
                + "\n"
                + "a\ty\n"); // the latter counts
    String always = "</s> <unk> <s> x";
    chooses(always, shortlist, "c");
    chooses(always + " y", shortlist, "a");
    chooses(always, shortlist, "b");
    chooses(always + " y w", shortlist, "a b");
    chooses(always + " y", shortlist, "b a");
    chooses(always + " v u", shortlist, "b c d");
    chooses(always + " y w v u", shortlist, "a b c d");
    chooses(always + " y", shortlist, "a c b a nowhere");
  }

  @Test
  void anUnknownTargetWordStandsForTheUnknownOne() throws IOException {
    chooses("</s> <unk> <s> v", open("vmap.txt", "a\tnowhere v\r\n"), "a");
  }

  @Test
  void theTokenThatEveryTranslationBeginsWithIsAlwaysThere() throws IOException {
    SpecialTokens tokens = new SpecialTokens(2, 0, -1, 1, List.of(), OptionalInt.of(8));
    Shortlist shortlist =
        open(
            TinyShortlistModel.of(TinyShortlistModel.SOURCE, TinyShortlistModel.TARGET, tokens),
            "vmap.txt",
            "a\tv\n".getBytes(StandardCharsets.UTF_8));
    chooses("</s> <unk> <s> v u", shortlist, "a");
  }

  @Test
  void aLexiconGivesTheMostProbableWords() throws IOException {
    Shortlist shortlist =
        open(
            "lex.s2t",
            "x a 0.25\ny a 0.5\nNULL a 0.9\nv NULL 0.9\nu nowhere 0.9\nnowhere b 0.9\n"
                + "z b 0\nv c\t1e-7\nw </s> 0.5\n");
    // All have the first hundred words, which here are all.
    chooses("</s> <unk> <s> x y z w v u", shortlist, "d");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 0, a, </s> <unk> x y w",
    "0, 1, 0, a, </s> <unk> y w",
    "3, 1, 0, a, </s> <unk> <s> y w",
    "0, 9, 0.3, a, </s> <unk> y w",
    "0, 9, 0, a, </s> <unk> x y z w",
    "0, 2, 0, b, </s> <unk> z w v", // of equal ones the greater ids, as Marian sorts
    "0, 9, 0, c, </s> <unk> w",
    "0, 9, 0, c a, </s> <unk> x y z w"
  })
  void aLexiconIsCutAsMarianSays(
      int first, int best, double threshold, String source, String expected) {
    String text =
        "x a 0.25\ny a 0.5\nz a 0.01\ny b 0.4\nz b 0.4\nv b 0.4\nu c 0\nw </s> 0.5\nu a 1\nu a 0\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ShortlistBytes file =
        new ShortlistBytes(Path.of("lex"), bytes, new MarianLimits(first, best, threshold));
    chooses(expected, MarianLexicon.read(file, ShortlistWords.of(MODEL)), source);
  }

  @Test
  void whereALexiconsLanguagesShareAVocabularyTheSourcesWordsAreThere() {
    SpecialTokens tokens = new SpecialTokens(2, 0, -1, 1, List.of());
    Model shared =
        TinyShortlistModel.of(TinyShortlistModel.TARGET, TinyShortlistModel.TARGET, tokens);
    byte[] bytes = "x y 0.25\n".getBytes(StandardCharsets.UTF_8);
    ShortlistBytes file = new ShortlistBytes(Path.of("lex"), bytes, new MarianLimits(0, 9, 0));
    Shortlist shortlist = MarianLexicon.read(file, ShortlistWords.of(shared));
    assertArrayEquals(new int[] {0, 1, 3, 4, 7}, shortlist.words(new int[] {7, 4, 0}));
  }

  private static byte[] binary() {
    return HexFormat.of().parseHex(BINARY);
  }

  @Test
  void aBinaryListIsReadAsItWasWritten() throws IOException {
    Shortlist shortlist = open(MODEL, "lex.s2t.bin", binary());
    chooses("</s> <unk>", shortlist, "c");
    chooses("</s> <unk> y w", shortlist, "a");
    chooses("</s> <unk> y z w v", shortlist, "a b d");
  }

  @Test
  void everyDamageOfABinaryListIsFound() {
    byte[] good = binary();
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x11;
      assertRefused("lex.bin", bad);
    }
    for (int length = 1; length < good.length; length++) {
      assertRefused("lex.bin", Arrays.copyOf(good, length));
    }
    assertRefused("lex.bin", Arrays.copyOf(good, good.length + 4));
  }

  private String assertRefused(String name, byte[] bytes) {
    String message =
        assertThrows(ModelFormatException.class, () -> open(MODEL, name, bytes)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains(directory.resolve(name).toString()), message);
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vmap.txt | a b c | line 1: not source tokens, one tab",
        "vmap.txt | a%tb%nb%tx%ty | line 2: not source tokens, one tab",
        "vmap.txt | nowhere%tx | none of its 1 sources has tokens of this model",
        "vmap.txt | %n | there is no line in it",
        "vmap.txt | a a a a a a a a a a a a a a a a a%tx | line 1: 17 source tokens",
        "words | a b c | line 1: not source tokens, one tab",
        "words | a b 0.5%na b | line 2: not a target word, a source word and a probability",
        "words | a b 0.5%na b c | line 2: not a target word",
        "words | a b 0.5%na b NaN | line 2: not a target word",
        "words | en fr 0.5 | none of its 1 lines has words of this model"
      })
  void rubbishIsRefusedWithItsLine(String name, String text, String place) {
    byte[] bytes = text.replace("%t", "\t").replace("%n", "\n").getBytes(StandardCharsets.UTF_8);
    String message = assertRefused(name, bytes);
    assertTrue(message.contains(place), message);
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    assertTrue(assertRefused("vmap.txt", new byte[] {'a', '\t', (byte) 0xff}).contains("UTF-8"));
    assertTrue(assertRefused("lex.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0}).contains(".gz"));
  }

  @Test
  void aPackedListIsUnpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write("a\tv\n".getBytes(StandardCharsets.UTF_8));
    }
    chooses("</s> <unk> <s> v", open(MODEL, "words.gz", packed.toByteArray()), "a");
  }

  @Test
  void aModelSaysWhetherItBringsOne() throws IOException {
    Path plain = Files.createDirectory(directory.resolve("plain"));
    Model without = new TinyCTranslate2().open(plain);
    assertEquals(Optional.empty(), without.shortlist());
    String message =
        assertThrows(
                ModelFormatException.class,
                () -> Shortlists.open(without, ShortlistSource.OF_MODEL))
            .getMessage();
    assertEquals(
        "plain brings no shortlist: name a file, CTranslate2's vmap.txt or Marian's lexical"
            + " shortlist, or translate without",
        message);
    assertEquals(Optional.empty(), Shortlists.open(without, ShortlistSource.NONE));

    Path with = Files.createDirectory(directory.resolve("with"));
    Model model = new TinyCTranslate2().text("vmap.txt", "b\t▁a\n").open(with).ofPieces();
    assertEquals(with.resolve("vmap.txt"), model.shortlist().orElseThrow().path());
    Shortlist shortlist = Shortlists.open(model, ShortlistSource.OF_MODEL).orElseThrow();
    assertArrayEquals(new int[] {0, 1, 2, 3}, shortlist.words(new int[] {4, 1}));
    assertArrayEquals(new int[] {0, 1, 2}, shortlist.words(new int[] {3, 1}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[lex.s2t, 0, 1]", "[lex.s2t, 0, 1, 0.1]"})
  void marianModelsNameTheirs(String values) throws IOException {
    String decoder = "models: [model.npz]\nvocabs: [v.yml, v.yml]\nshortlist: " + values + "\n";
    TinyMarian tiny =
        new TinyMarian().text("decoder.yml", decoder).text("lex.s2t", "▁a no 0.2\nno no 0.1\n");
    Path zip = directory.resolve("opus.zip");
    Files.write(zip, ZipBytes.deflated(tiny.files()));
    for (Model model :
        List.of(tiny.open(Files.createDirectory(directory.resolve("m"))), Models.open(zip))) {
      Shortlist shortlist = Shortlists.open(model, ShortlistSource.OF_MODEL).orElseThrow();
      assertArrayEquals(new int[] {0, 1, 2, 3}, shortlist.words(new int[] {3, 0}));
      assertArrayEquals(new int[] {0, 1, 2}, shortlist.words(new int[] {2, 0}));
      assertFalse(shortlist.description().isEmpty());
    }
  }

  @Test
  void theWordsOfASentenceAreSortedAndOnlyItsOwn() throws IOException {
    Map<String, String> wordsOfSource = Map.of("a", "v x", "b", "u", "c", "y x");
    String text =
        wordsOfSource.entrySet().stream()
            .map(words -> words.getKey() + "\t" + words.getValue() + "\n")
            .collect(Collectors.joining());
    Shortlist shortlist = open("vmap.txt", text);
    chooses("</s> <unk> <s> x y v", shortlist, "c a c");
    chooses("</s> <unk> <s> u", shortlist, "b");
    chooses("</s> <unk> <s> x y v", shortlist, "c a c"); // as before
  }
}
