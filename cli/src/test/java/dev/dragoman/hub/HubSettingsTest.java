// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubSettingsTest {
  @TempDir private Path home;

  @Test
  void defaults() throws IOException {
    HubSettings settings = HubSettings.of(Map.of(), home);
    assertEquals(URI.create("https://huggingface.co"), settings.endpoint());
    assertEquals(home.resolve(".cache/huggingface/hub"), settings.cache());
    assertEquals(Optional.empty(), settings.token());
  }

  @Test
  void cachesInTheirOrder() throws IOException {
    assertEquals(Path.of("/x/huggingface/hub"), cache(Map.of("XDG_CACHE_HOME", "/x")));
    assertEquals(Path.of("/h/hub"), cache(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")));
    assertEquals(Path.of("/c"), cache(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/h")));
    assertEquals(home.resolve("m"), cache(Map.of("HF_HUB_CACHE", "~/m")));
    assertEquals(Path.of("/old"), cache(Map.of("HUGGINGFACE_HUB_CACHE", "/old")));
    assertEquals(home.resolve(".cache/huggingface/hub"), cache(Map.of("HF_HOME", " ")));
  }

  private Path cache(Map<String, String> environment) throws IOException {
    return HubSettings.of(environment, home).cache();
  }

  @Test
  void tokensAndWhereTheyAre() throws IOException {
    Files.writeString(home.resolve("token"), "saved\n");
    String directory = home.toString();
    assertEquals(Optional.of("saved"), HubSettings.of(Map.of("HF_HOME", directory), home).token());
    HubSettings given = HubSettings.of(Map.of("HF_HOME", directory, "HF_TOKEN", "given"), home);
    assertEquals(Optional.of("given"), given.token());
    assertFalse(given.toString().contains("given"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hub", "ftp://x", "http://", "https://a b"})
  void strangeEndpointsAreRefused(String endpoint) {
    String message =
        assertThrows(
                HubException.class, () -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint), home))
            .getMessage();
    assertTrue(message.startsWith("HF_ENDPOINT is " + endpoint), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a/b/c", "../b", "a/..", "/b", "a/", "a--x/b", "a/b c", "a/b\\c", ""})
  void whatIsNoName(String text) {
    assertEquals(Optional.empty(), ModelName.parse(text));
  }

  @Test
  void names() {
    ModelName name = ModelName.parse("Helsinki-NLP/opus-mt_tiny.v1").orElseThrow();
    assertEquals("models--Helsinki-NLP--opus-mt_tiny.v1", name.folder());
  }
}
