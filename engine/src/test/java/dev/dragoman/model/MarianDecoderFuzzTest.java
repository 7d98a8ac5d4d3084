// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the decoder.yml of a Marian model. */
class MarianDecoderFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> new TinyMarian().files(), "decoder.yml");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
