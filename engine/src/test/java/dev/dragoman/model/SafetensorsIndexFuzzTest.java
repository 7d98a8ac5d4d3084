// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as the index of sharded safetensors. */
class SafetensorsIndexFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> TinyModel.shardedFiles(), "model.safetensors.index.json");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
