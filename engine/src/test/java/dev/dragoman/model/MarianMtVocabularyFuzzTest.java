// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the vocabulary of a MarianMT model. */
class MarianMtVocabularyFuzzTest {
  private static final FuzzedModel MODEL = new FuzzedModel(() -> TinyModel.files(), "vocab.json");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
