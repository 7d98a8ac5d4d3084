// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyM2m100;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.TinySentencePiece;
import dev.dragoman.model.TinyShortlistModel;
import dev.dragoman.model.ZipBytes;
import dev.dragoman.model.formats.Models;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.model.shortlist.Shortlists;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model is refused when something else lies in the place of any of its files. */
class PlaceholderTest {

  private static final String POINTER =
      """
      version https://git-lfs.github.com/spec/v1
      oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
      size 26259538
      """;

  /** What lies there, and what is said of it. */
  private static final Map<String, String> PLACEHOLDERS =
      Map.of(
          POINTER,
          "is a Git LFS pointer, not the file itself: its content was not downloaded; run git lfs"
              + " pull",
          "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>",
          "is a web page",
          "\ufeff\n <HTML lang='en'>\n<head>",
          "is a web page",
          "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
          "is a web page",
          "",
          "is empty",
          "moved-elsewhere",
          "is a symbolic link that was written as text, not the file itself: put a copy of"
              + " moved-elsewhere in its place",
          "../gone/weights",
          "is a symbolic link");

  @TempDir Path directory;

  private interface Model {
    Map<String, byte[]> files() throws IOException;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("files")
  void inADirectory(String format, String name, Model model) throws IOException {
    TinyCTranslate2.write(model.files(), directory);
    open(directory); // good until a file of it is replaced
    Path file = directory.resolve(name);
    Files.copy(file, file.resolveSibling("moved-elsewhere"));
    for (Map.Entry<String, String> placeholder : PLACEHOLDERS.entrySet()) {
      Files.delete(file); // it may be mapped
      Files.writeString(file, placeholder.getKey());
      assertRefused(file + " " + placeholder.getValue(), directory);
    }
  }

  static Stream<Arguments> files() throws IOException {
    return Stream.of(
            of("MarianMT", PlaceholderTest::marianMt),
            of("PyTorch", TinyModel::pyTorchFiles),
            of("in parts", TinyModel::shardedFiles),
            of("M2M-100", PlaceholderTest::m2m100),
            of("NLLB", PlaceholderTest::nllb),
            of("CTranslate2", PlaceholderTest::ctranslate2),
            of("CTranslate2 with texts", PlaceholderTest::ctranslate2WithTexts),
            of("Argos", () -> new TinyCTranslate2().argosFiles()),
            of("Marian", PlaceholderTest::marian))
        .flatMap(files -> files);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("entries")
  void inAnArchive(String archive, String name, Model model) throws IOException {
    Path file = directory.resolve(archive);
    Map<String, byte[]> entries = new LinkedHashMap<>(model.files());
    entries.put(name.substring(0, name.lastIndexOf('/') + 1) + "moved-elsewhere", new byte[1]);
    for (Map.Entry<String, String> placeholder : PLACEHOLDERS.entrySet()) {
      entries.put(name, placeholder.getKey().getBytes(StandardCharsets.UTF_8));
      Files.write(file, ZipBytes.deflated(entries));
      assertRefused(file + ": entry " + name + " " + placeholder.getValue(), file);
    }
  }

  static Stream<Arguments> entries() throws IOException {
    return Stream.concat(
        of("fr-en.argosmodel", () -> new TinyCTranslate2().argos()),
        of("opus.zip", PlaceholderTest::marian));
  }

  @ParameterizedTest
  @CsvSource({"fr-en.argosmodel", "opus.zip", "lex.s2t"})
  void insteadOfAWholeArchiveOrShortlist(String name) throws IOException {
    Files.write(directory.resolve("moved-elsewhere"), new byte[9]);
    for (Map.Entry<String, String> placeholder : PLACEHOLDERS.entrySet()) {
      Path file = Files.writeString(directory.resolve(name), placeholder.getKey());
      assertRefused(file + " " + placeholder.getValue(), file);
    }
  }

  /** The text only looks like a placeholder. */
  @ParameterizedTest
  @CsvSource({"version", "<html>", "no-such-file", "'a b'", "▁a", "{}", "'a: ../b'"})
  void aShortTextIsNone(String text) throws IOException {
    ByteSource bytes = ByteSource.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    assertEquals(Optional.empty(), Placeholder.in(bytes, name -> false));
  }

  @Test
  void aLinkToNothingIsNotPassedOver() throws IOException {
    TinyCTranslate2.write(TinyModel.files(), directory);
    Path file = directory.resolve("generation_config.json");
    Files.createSymbolicLink(file, Path.of("blobs/abc"));
    assertRefused(file + " is a symbolic link to blobs/abc, which is missing", directory);
  }

  private static Stream<Arguments> of(String format, Model model) throws IOException {
    return model.files().keySet().stream().map(name -> Arguments.of(format, name, model));
  }

  private static void assertRefused(String begin, Path path) {
    String message = assertThrows(ModelFormatException.class, () -> open(path)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.startsWith(begin), message + "\ndoes not begin with\n" + begin);
  }

  private static void open(Path path) {
    if (path.endsWith("lex.s2t")) {
      Shortlists.open(TinyShortlistModel.usual(), ShortlistSource.in(path));
      return;
    }
    var model = Models.open(path);
    if (model.shortlist().isPresent()) {
      Shortlists.open(model, ShortlistSource.OF_MODEL);
    }
  }

  private static Map<String, byte[]> marianMt() {
    Map<String, byte[]> files = TinyModel.files();
    put(files, "generation_config.json", "{}");
    put(files, "tokenizer_config.json", "{\"separate_vocabs\":true}");
    files.put("target_vocab.json", files.get("vocab.json"));
    return files;
  }

  private static Map<String, byte[]> m2m100() throws IOException {
    Map<String, byte[]> files = TinyM2m100.files(TinySentencePiece.bytes());
    put(files, "generation_config.json", "{}");
    put(files, "tokenizer_config.json", "{}");
    return files;
  }

  private static Map<String, byte[]> nllb() throws IOException {
    Map<String, byte[]> files = m2m100();
    String pieces = new String(files.remove("vocab.json"), StandardCharsets.UTF_8);
    files.remove("special_tokens_map.json");
    put(
        files,
        "tokenizer.json",
        "{\"model\":{\"vocab\":%s},\"added_tokens\":[{\"id\":12,\"content\":\"fra_Latn\"}]}"
            .formatted(pieces));
    put(files, "added_tokens.json", "{\"eng_Latn\":13}");
    return files;
  }

  private static Map<String, byte[]> ctranslate2() {
    return new TinyCTranslate2().withSentencePiece().text("vmap.txt", "\tb\n").files();
  }

  private static Map<String, byte[]> ctranslate2WithTexts() {
    TinyCTranslate2 model = new TinyCTranslate2();
    model.files.remove("shared_vocabulary.json");
    String words = "<s>\n</s>\n<unk>\n▁a\nb\n";
    model.files.put("source.spm", TinySentencePiece.bytes());
    return model.text("source_vocabulary.txt", words).text("target_vocabulary.txt", words).files();
  }

  private static Map<String, byte[]> marian() throws IOException {
    TinyMarian model = new TinyMarian();
    String words = new String(model.files.get("v.yml"), StandardCharsets.UTF_8);
    return model
        .text(
            "decoder.yml",
            "models: [model.npz]\nvocabs: [v.yml, t.yml]\nshortlist: [lex.s2t, 2, 2]\n")
        .text("t.yml", words)
        .text("lex.s2t", "no \u2581a 0.5\n")
        .files();
  }

  private static void put(Map<String, byte[]> files, String name, String text) {
    files.put(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
