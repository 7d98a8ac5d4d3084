// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the vocabulary of a CTranslate2 model. */
class CTranslate2VocabularyFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> new TinyCTranslate2().files(), "shared_vocabulary.json");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
