// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/** Any bytes as the zip of a Marian model. */
class MarianZipFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(
          () -> Map.of("opus.zip", ZipBytes.deflated(new TinyMarian().files())), "opus.zip");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
