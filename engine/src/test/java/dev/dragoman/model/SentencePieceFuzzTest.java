// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the SentencePiece model of a MarianMT model, which a native library reads. */
class SentencePieceFuzzTest {
  private static final FuzzedModel MODEL = new FuzzedModel(TinyModel::files, "source.spm");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
