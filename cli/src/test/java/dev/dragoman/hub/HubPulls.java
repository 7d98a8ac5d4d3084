// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.Hang;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Pulls a model of two files from a fake hub, as a client with a token does. */
final class HubPulls implements AutoCloseable {
  static final ModelName NAME = new ModelName("some", "model");
  static final String WEIGHTS = "model.safetensors";
  static final HubSettings.Patience PATIENCE =
      new HubSettings.Patience(
          Duration.ofMillis(1), Duration.ofSeconds(Hang.SECONDS), Duration.ofSeconds(Hang.SECONDS));

  final byte[] weights = new byte[300_000];
  final List<String> retries = new ArrayList<>();
  final FakeTicker ticker = new FakeTicker();
  final FakeHub server;
  private final Path folder;

  /** Starts a hub whose models are cached below this folder. */
  HubPulls(Path folder) throws IOException {
    this.folder = folder;
    new Random(3).nextBytes(weights);
    server = new FakeHub().small("config.json", "{\"a\":1}").large(WEIGHTS, weights);
  }

  Path pull() throws IOException, InterruptedException {
    return pull(server.address());
  }

  Path pull(URI endpoint) throws IOException, InterruptedException {
    Hub hub = new Hub(settings(endpoint), ticker);
    return hub.pull(hub.find(NAME, listener()), listener());
  }

  String failure() {
    return failure(server.address());
  }

  String failure(URI endpoint) {
    String message = assertThrows(HubException.class, () -> pull(endpoint)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  HubSettings settings(URI endpoint) {
    return new HubSettings(endpoint, folder.resolve("cache"), Optional.of("secret"), PATIENCE);
  }

  DownloadListener listener() {
    return new DownloadListener() {
      @Override
      public void at(HubFile file, long bytes) {}

      @Override
      public void retrying(String reason, Duration pause) {
        retries.add(reason);
      }
    };
  }

  Path blobs() throws IOException {
    return Files.createDirectories(folder.resolve("cache/models--some--model/blobs"));
  }

  Path incomplete() throws IOException {
    return blobs().resolve(FakeHub.hash("SHA-256", weights) + ".incomplete");
  }

  List<String> ranges() {
    return server.seen.stream().map(FakeHub.Seen::range).filter(range -> range != null).toList();
  }

  void assertNothingPublished() {
    Path model = folder.resolve("cache/models--some--model");
    assertFalse(Files.exists(model.resolve("refs")));
    assertFalse(Files.exists(model.resolve("snapshots")));
  }

  @Override
  public void close() {
    server.close();
  }
}
