// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Any bytes as the pickle inside of PyTorch's zip. */
class PickleFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(TinyModel::pyTorchFiles, "pytorch_model.bin");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] pickle) {
    MODEL.open(TorchBytes.file(new String(pickle, StandardCharsets.ISO_8859_1)));
  }
}
