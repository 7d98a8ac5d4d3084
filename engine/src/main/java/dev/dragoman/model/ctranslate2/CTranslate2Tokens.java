// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.text.OneLine;
import dev.dragoman.text.SourceTokens;
import dev.dragoman.text.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The tokens with a meaning of their own, and the vocabularies: from {@code config.json} since
 * version 6, before that from the variables; and from {@code shared_vocabulary} or {@code
 * source_vocabulary} and {@code target_vocabulary}, as {@code .json} or {@code .txt}.
 *
 * @param unknown stands for tokens that a vocabulary lacks
 * @param begin begins a source if it is added
 * @param end ends a translation, and a source if it is added
 * @param start fed to the decoder first
 * @param added the tokens that are added to every source
 */
record CTranslate2Tokens(String unknown, String begin, String end, String start, Set<Added> added) {

  /** A token that is added to every source. */
  enum Added {
    BEGIN("bos"),
    END("eos");

    /** How the options end that add it. */
    private final String option;

    Added(String option) {
      this.option = option;
    }
  }

  static final Set<String> ATTRIBUTES =
      Set.of(
          "unk_token",
          "bos_token",
          "eos_token",
          "with_source_bos",
          "with_source_eos",
          "with_target_bos",
          "user_decoder_start_tokens");

  private static final int FIRST_WITH_CONFIGURATION = 6;

  /** Returns the same with the end token added to every source. */
  CTranslate2Tokens withEnd() {
    Set<Added> more = EnumSet.of(Added.END);
    more.addAll(added);
    return new CTranslate2Tokens(unknown, begin, end, start, more);
  }

  static CTranslate2Tokens of(CTranslate2File file, JsonFile config) {
    return file.version() >= FIRST_WITH_CONFIGURATION ? of(config) : of(file);
  }

  private static CTranslate2Tokens of(JsonFile config) {
    Optional<String> start = config.text("decoder_start_token");
    if (start.isEmpty() && config.root().has("decoder_start_token")) {
      throw config.wrong("decoder_start_token", "a token: target prefixes are not supported");
    }
    String begin = config.text("bos_token").orElse("<s>");
    return new CTranslate2Tokens(
        config.text("unk_token").orElse("<unk>"),
        begin,
        config.text("eos_token").orElse("</s>"),
        start.orElse(begin),
        added(token -> config.flag("add_source_" + token.option, false)));
  }

  private static CTranslate2Tokens of(CTranslate2File file) {
    if (isSet(file, "user_decoder_start_tokens", 0)) {
      throw file.wrong("user_decoder_start_tokens: target prefixes are not supported");
    }
    String begin = file.text("bos_token").orElse("<s>");
    String end = file.text("eos_token").orElse("</s>");
    return new CTranslate2Tokens(
        file.text("unk_token").orElse("<unk>"),
        begin,
        end,
        isSet(file, "with_target_bos", 1) ? begin : end,
        added(token -> isSet(file, "with_source_" + token.option, 0)));
  }

  private static boolean isSet(CTranslate2File file, String flag, double otherwise) {
    return file.number(flag).orElse(otherwise) != 0;
  }

  private static Set<Added> added(Predicate<Added> isAdded) {
    return Arrays.stream(Added.values()).filter(isAdded).collect(Collectors.toUnmodifiableSet());
  }

  /** Finds a vocabulary's file: {@code shared} before {@code source} or {@code target}. */
  static String vocabularyFile(ModelFolder folder, String side) {
    for (String name : List.of("shared_vocabulary", side + "_vocabulary")) {
      for (String end : List.of(".json", ".txt")) {
        if (folder.has(name + end)) {
          return name + end;
        }
      }
    }
    throw new ModelFormatException(
        folder.path() + ": neither shared_vocabulary nor " + side + "_vocabulary is there");
  }

  /** Reads a vocabulary for an embedding of {@code words} rows. */
  Vocabulary vocabulary(ModelFolder folder, String name, int words) {
    Path file = folder.file(name);
    byte[] bytes = folder.bytes(name);
    List<String> tokens = name.endsWith(".json") ? JsonFile.texts(file, bytes) : lines(file, bytes);
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String token : tokens) {
      Integer before = ids.put(token, ids.size());
      if (before != null) {
        throw new ModelFormatException(
            "%s: %s is there twice, as %d and %d"
                .formatted(file, OneLine.of(token), before, ids.size()));
      }
    }
    ids.putIfAbsent(unknown, ids.size()); // CTranslate2 adds it where it is left out
    if (ids.size() != words) {
      throw new ModelFormatException(
          "%s: %d tokens with %s, but the embedding has %d rows"
              .formatted(file, ids.size(), OneLine.of(unknown), words));
    }
    return new Vocabulary(ids, words);
  }

  /** Takes one token a line. A carriage return is part of a token unless every line has one. */
  private static List<String> lines(Path file, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file + ": not UTF-8", e);
    }
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    if (lines.stream().allMatch(line -> line.endsWith("\r"))) {
      lines.replaceAll(line -> line.substring(0, line.length() - 1));
    }
    return lines;
  }

  /** Makes what turns a source's tokens into ids. */
  SourceTokens sourceTokens(Vocabulary vocabulary, Path file) {
    return new SourceTokens(
        vocabulary,
        added.contains(Added.BEGIN)
            ? List.of(TokenizerFiles.id(file, vocabulary, begin))
            : List.of(),
        added.contains(Added.END) ? List.of(TokenizerFiles.id(file, vocabulary, end)) : List.of(),
        vocabulary.id(unknown, 0));
  }
}
