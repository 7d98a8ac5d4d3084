// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HubTroubleTest extends HubFixture {
  /**
   * A name whose part is longer than one may be, so that no name server has to be asked, and waited
   * for.
   */
  private static final String NO_NAME = "n".repeat(64) + ".invalid";

  @Test
  void aStalledConnectionIsGivenUp() throws Exception {
    FakeHub.Trouble stall =
        FakeHub.stall(() -> client.ticker.passUntilGivenUp(HubPulls.PATIENCE.stall()));
    client.server.troubles.add(stall);
    client.server.troubles.add(stall);
    assertArrayEquals(client.weights, Files.readAllBytes(client.pull().resolve(HubPulls.WEIGHTS)));
    assertEquals(2, client.retries.size());
  }

  @Test
  void theTokenDoesNotFollowToAnotherHost() throws Exception {
    try (FakeHub other = new FakeHub().large(HubPulls.WEIGHTS, client.weights)) {
      client.server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content));
      client.server.troubles.add(
          (exchange, content) -> {
            String to = other.address() + "/elsewhere/" + HubPulls.WEIGHTS + "?signature=1";
            exchange.getResponseHeaders().set("Location", to);
            FakeHub.send(exchange, 302, new byte[0]);
          });
      client.pull();
      assertEquals(1, other.seen.size());
      assertNull(other.seen.get(0).authorization());
      assertTrue(
          client.server.seen.stream().allMatch(s -> "Bearer secret".equals(s.authorization())));
    }
  }

  @Test
  void theTokenFollowsOnTheSameHost() throws Exception {
    client.server.troubles.add(
        (exchange, content) -> {
          exchange.getResponseHeaders().set("Location", "/cache/config.json");
          FakeHub.send(exchange, 307, new byte[0]);
        });
    client.pull();
    assertTrue(client.server.seen.stream().anyMatch(s -> s.path().equals("/cache/config.json")));
    assertTrue(
        client.server.seen.stream().allMatch(s -> "Bearer secret".equals(s.authorization())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://x/y", "", "http://", ":"})
  void strangeRedirectsAreNotFollowed(String location) {
    for (int i = 0; i < 20; i++) {
      client.server.troubles.add(
          (exchange, content) -> {
            exchange.getResponseHeaders().set("Location", location);
            FakeHub.send(exchange, 302, new byte[0]);
          });
    }
    assertTrue(client.failure().contains("redirects"));
  }

  @ParameterizedTest
  @CsvSource({
    "401,does not accept the token (HF_TOKEN) for some/model",
    "403,no access to some/model",
    "404,some/model is not on http",
    "400,status 400"
  })
  void refusalsAreFinal(int status, String message) {
    client.server.listingStatus = status;
    String actual = client.failure();
    assertTrue(actual.contains(message), actual);
    assertEquals(1, client.server.seen.size());
  }

  @Test
  void withoutATokenTheAdviceIsAnother() {
    client.server.listingStatus = 401;
    HubSettings settings =
        new HubSettings(client.server.address(), folder, Optional.empty(), HubPulls.PATIENCE);
    String message =
        assertThrows(
                HubException.class,
                () -> new Hub(settings, client.ticker).find(HubPulls.NAME, client.listener()))
            .getMessage();
    assertTrue(message.contains("check the name or set HF_TOKEN"), message);
    assertNull(client.server.seen.get(0).authorization());
  }

  @Test
  void aServerInTroubleIsAskedAgain() throws Exception {
    for (int status : new int[] {503, 429, 500}) {
      client.server.troubles.add(
          (exchange, content) -> FakeHub.send(exchange, status, new byte[0]));
    }
    client.pull();
    assertEquals(3, client.retries.size());
    client.server.listingStatus = 502;
    assertTrue(client.failure().contains("status 502; tried 5 times"));
  }

  @Test
  void noNetworkIsSaidInOneLine() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertTrue(client.failure(URI.create("http://127.0.0.1:" + port)).contains("no connection"));
    assertTrue(client.failure(URI.create("http://" + NO_NAME)).contains("no such host"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../x", "main", ""})
  void strangeCommitsAreRefused(String commit) {
    client.server.listing.put("sha", commit);
    assertTrue(client.failure().contains("which commit"));
  }

  @Test
  void strangeHashesAreRefused() {
    ((ObjectNode) client.server.listing.at("/siblings/1/lfs")).put("sha256", "../../../../x");
    assertTrue(client.failure().contains("describes a file wrongly"));
  }

  @Test
  void aModelWithoutWeightsIsRefused() {
    client.server.listing.putArray("siblings").addObject().put("rfilename", "tf_model.h5");
    assertEquals(
        "some/model has no weights that Dragoman reads: neither safetensors nor pytorch_model.bin"
            + " nor model.bin",
        client.failure());
  }

  @Test
  void whatDoesNotFitOnTheDiskIsNotBegun() throws IOException {
    ((ObjectNode) client.server.listing.at("/siblings/1/lfs")).put("size", 1L << 60);
    assertTrue(client.failure().contains("MB are missing"));
    assertEquals(List.of(), client.server.downloads());
  }

  /** {@code /dev/full} takes every byte with the error that a full disk gives. */
  @Test
  void aFullDiskIsSaidAndNotTriedAgain() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full here");
    Path link = folder.resolve("full");
    Files.createDirectories(link);
    Files.createSymbolicLink(link.resolve(HubPulls.WEIGHTS + ".incomplete"), full);
    String message =
        assertThrows(
                HubException.class,
                () -> {
                  Hub hub = new Hub(client.settings(client.server.address()), client.ticker);
                  hub.pullTo(link, hub.find(HubPulls.NAME, client.listener()), client.listener());
                })
            .getMessage();
    assertTrue(message.contains(HubPulls.WEIGHTS + " cannot be written: No space left"), message);
    assertEquals(List.of(), client.retries);
  }
}
