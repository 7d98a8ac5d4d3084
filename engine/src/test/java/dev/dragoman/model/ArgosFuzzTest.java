// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/** Any bytes as an Argos package. */
class ArgosFuzzTest {
  private static final FuzzedModel MODEL =
      new FuzzedModel(
          () -> Map.of("fr-en.argosmodel", ZipBytes.deflated(new TinyCTranslate2().argos())),
          "fr-en.argosmodel");

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    MODEL.open(bytes);
  }
}
