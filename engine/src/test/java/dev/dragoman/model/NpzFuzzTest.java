// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the weights of a Marian model. */
class NpzFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> new TinyMarian().files(), "model.npz");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
    MODEL.open(ZipHeaders.mended(bytes)); // what only the checksum would tell
  }
}
