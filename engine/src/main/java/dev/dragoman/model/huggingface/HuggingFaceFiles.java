// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

/** The names of files in the layout of Hugging Face's transformers, but for those of weights. */
final class HuggingFaceFiles {
  static final String CONFIG = "config.json";
  static final String GENERATION_CONFIG = "generation_config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  static final String VOCABULARY = "vocab.json";
  static final String TARGET_VOCABULARY = "target_vocab.json";
  static final String SOURCE_PIECES = "source.spm";

  private HuggingFaceFiles() {}
}
