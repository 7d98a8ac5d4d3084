// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Any bytes as the options inside of a Marian model's weights. */
class MarianOptionsFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(() -> new TinyMarian().files(), "model.npz");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] yaml) throws IOException {
    MODEL.open(new TinyMarian().optionsAre(yaml).npz());
  }
}
