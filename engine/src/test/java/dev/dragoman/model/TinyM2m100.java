// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small M2M-100 that transformers saved, and what PyTorch says of it; its make.py says how. */
public final class TinyM2m100 {
  public static final Path FIXTURE = Path.of("src/test/resources/m2m100");

  private static final List<String> FILES =
      List.of("config.json", "vocab.json", "special_tokens_map.json", "pytorch_model.bin");

  private TinyM2m100() {}

  /** Returns its files, with the bundled model's pieces. */
  public static Map<String, byte[]> files() throws IOException {
    return files(Files.readAllBytes(TinyModel.ROOT.resolve("models/fr-en/source.spm")));
  }

  /** Returns the same with another SentencePiece model. */
  public static Map<String, byte[]> files(byte[] pieces) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : FILES) {
      files.put(name, Files.readAllBytes(FIXTURE.resolve(name)));
    }
    files.put("sentencepiece.bpe.model", pieces);
    return files;
  }
}
