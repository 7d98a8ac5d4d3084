// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the vocabulary of a Marian model. */
class MarianVocabularyFuzzTest {
  private static final FuzzedModel MODEL = new FuzzedModel(() -> new TinyMarian().files(), "v.yml");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
