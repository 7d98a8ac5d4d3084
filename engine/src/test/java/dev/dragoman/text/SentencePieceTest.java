package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SentencePieceTest {

  @Test
  void theLibraryIsToldNotToReportItsUse() {
    String name = "OPT_OUT_TRACKING";
    Assumptions.assumeTrue(System.getenv(name) == null, "skipped: the user has set " + name);
    assertThrows(IllegalArgumentException.class, () -> new SentencePiece(new byte[] {1, 2, 3}));
    assertTrue(Boolean.getBoolean(name));
  }
}
