// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as weights in either form that PyTorch writes. */
class PyTorchFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> TinyModel.pyTorchFiles(), "pytorch_model.bin");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
    MODEL.open(ZipHeaders.mended(bytes)); // what only the checksum would tell
  }
}
