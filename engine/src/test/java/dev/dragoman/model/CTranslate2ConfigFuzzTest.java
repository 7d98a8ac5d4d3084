// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the configuration of a CTranslate2 model. */
class CTranslate2ConfigFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> new TinyCTranslate2().files(), "config.json");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
