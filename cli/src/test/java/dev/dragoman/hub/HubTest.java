// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class HubTest extends HubFixture {
  @Test
  void fillsTheStandardLayout() throws Exception {
    Path snapshot = client.pull();

    Path model = folder.resolve("cache/models--some--model");
    String blob = FakeHub.hash("SHA-256", client.weights);
    assertEquals(model.resolve("snapshots").resolve(FakeHub.COMMIT), snapshot);
    assertEquals(FakeHub.COMMIT, Files.readString(model.resolve("refs/main")));
    assertArrayEquals(client.weights, Files.readAllBytes(model.resolve("blobs").resolve(blob)));
    assertEquals(
        Path.of("../../blobs", blob), Files.readSymbolicLink(snapshot.resolve(HubPulls.WEIGHTS)));
    // The names are what `git hash-object` says of this content.
    assertEquals(
        Path.of("../../blobs/daa5053ecf5f9a37b2de733d0751cc1ab53ac010"),
        Files.readSymbolicLink(snapshot.resolve("config.json")));
    assertEquals("{\"a\":1}", Files.readString(snapshot.resolve("config.json")));
    assertEquals(snapshot, new HubCache(folder.resolve("cache")).locate(HubPulls.NAME));
  }

  @Test
  void takesOnlyWhatIsNeeded() throws Exception {
    client.server.large("pytorch_model.bin", client.weights).large("tf_model.h5", client.weights);
    client
        .server
        .small("README.md", "read me")
        .small("../vocab.json", "{}")
        .small("a/vocab.json", "{}");
    client.server.small("vocab.json", "{}").large("source.spm", new byte[] {1});

    client.pull();

    assertEquals(
        List.of("config.json", "source.spm", "vocab.json", HubPulls.WEIGHTS),
        client.server.downloads());
  }

  @Test
  void takesPyTorchsWeightsAndPartsWhereThereIsNothingElse() throws Exception {
    assertEquals(
        List.of("config.json", "pytorch_model.bin"),
        NeededFiles.of(List.of("pytorch_model.bin", "config.json", "rust_model.ot")));
    assertEquals(
        List.of("model-00001-of-00002.safetensors", "model.safetensors.index.json"),
        NeededFiles.of(
            List.of(
                "pytorch_model.bin",
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors")));
  }

  @Test
  void takesWhatCTranslate2Stores() {
    List<String> files = List.of("config.json", "shared_vocabulary.json", "vmap.txt", "model.bin");
    assertEquals(files, NeededFiles.of(files));
  }

  @Test
  void aSecondPullDownloadsNothing() throws Exception {
    client.pull();
    client.server.seen.clear();
    client.pull();
    assertEquals(List.of(), client.server.downloads());
  }

  @Test
  void goesOnAfterBrokenConnections() throws Exception {
    Stream.of(1_000_000, 100_000, 50_000, 1, 100)
        .map(FakeHub::breakAfter)
        .forEach(client.server.troubles::add);

    assertArrayEquals(client.weights, Files.readAllBytes(client.pull().resolve(HubPulls.WEIGHTS)));

    // What was on its way when a connection broke may be lost.
    List<Integer> begun =
        client.ranges().stream()
            .map(range -> Integer.parseInt(range.replaceAll("\\D", "")))
            .toList();
    assertTrue(begun.size() >= 4, begun.toString());
    assertTrue(0 < begun.get(0) && begun.get(0) <= 100_000, begun.toString());
    assertTrue(begun.get(0) <= begun.get(1), begun.toString());
    assertTrue(begun.get(1) <= begun.get(0) + 50_000, begun.toString());
  }

  @Test
  void goesOnWhereAnEarlierRunHasStopped() throws Exception {
    Files.write(client.incomplete(), Arrays.copyOf(client.weights, 123_456));

    assertArrayEquals(client.weights, Files.readAllBytes(client.pull().resolve(HubPulls.WEIGHTS)));

    assertEquals(List.of("bytes=123456-"), client.ranges());
    assertFalse(Files.exists(client.incomplete()));
  }

  @Test
  void whatAFailedRunBroughtIsUsedByTheNext() throws Exception {
    client.server.troubles.add(
        (exchange, content) -> FakeHub.send(exchange, 200, content)); // config.json
    client.server.troubles.add(FakeHub.breakAfter(200_000));
    client.server.troubles.add((exchange, content) -> FakeHub.send(exchange, 410, content));
    assertThrows(HubException.class, client::pull);
    assertFalse(Files.exists(folder.resolve("cache/models--some--model/refs/main")));
    long there = Files.size(client.incomplete());
    assertTrue(0 < there && there <= 200_000, there + " bytes");

    assertArrayEquals(client.weights, Files.readAllBytes(client.pull().resolve(HubPulls.WEIGHTS)));
    assertEquals("bytes=" + there + "-", client.ranges().get(client.ranges().size() - 1));
  }

  @Test
  void startsAgainWhereWhatIsThereIsWrong() throws Exception {
    Files.write(client.incomplete(), new byte[5000]);
    assertArrayEquals(client.weights, Files.readAllBytes(client.pull().resolve(HubPulls.WEIGHTS)));
    assertTrue(client.retries.get(0).contains("came with hash"), client.retries.toString());
  }

  @Test
  void startsAgainWhereTheServerDoesNotGoOn() throws Exception {
    Files.write(client.incomplete(), Arrays.copyOf(client.weights, 1000));
    client.server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content));
    client.server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content));
    assertArrayEquals(client.weights, Files.readAllBytes(client.pull().resolve(HubPulls.WEIGHTS)));
    assertEquals(List.of(), client.retries);
  }

  @Test
  void aWrongHashIsNeverPublished() throws Exception {
    ((ObjectNode) client.server.listing.at("/siblings/1/lfs")).put("sha256", "0".repeat(64));
    String message = client.failure();
    assertTrue(message.contains(HubPulls.WEIGHTS + " came with hash "), message);
    assertTrue(message.contains("tried 5 times"), message);
    client.assertNothingPublished();
    assertEquals(0, Files.size(client.blobs().resolve("0".repeat(64) + ".incomplete")));
  }

  @Test
  void aWrongGitHashIsNeverPublished() throws Exception {
    ((ObjectNode) client.server.listing.at("/siblings/0")).put("blobId", "1".repeat(40));
    assertTrue(client.failure().contains("config.json came with hash "));
    client.assertNothingPublished();
  }

  @Test
  void moreBytesThanAnnouncedAreRefused() throws Exception {
    ((ObjectNode) client.server.listing.at("/siblings/1/lfs")).put("size", 1000);
    assertTrue(client.failure().contains("is longer than 1000 bytes"));
    client.assertNothingPublished();
  }

  @Test
  void fewerBytesThanAnnouncedAreRefused() throws Exception {
    ((ObjectNode) client.server.listing.at("/siblings/1/lfs")).put("size", 300_001);
    String message = client.failure();
    assertTrue(message.contains("300000 of 300001 bytes") || message.contains("416"), message);
    client.assertNothingPublished();
  }

  @Test
  void pullsIntoADirectoryOfTheUsers() throws Exception {
    Path to = folder.resolve("a/b");
    Hub hub = new Hub(client.settings(client.server.address()), client.ticker);
    HubModel model = hub.find(HubPulls.NAME, client.listener());
    hub.pullTo(to, model, client.listener());
    assertArrayEquals(client.weights, Files.readAllBytes(to.resolve(HubPulls.WEIGHTS)));
    assertEquals("{\"a\":1}", Files.readString(to.resolve("config.json")));
    client.server.seen.clear();
    hub.pullTo(to, model, client.listener());
    assertEquals(List.of(), client.server.downloads());
    Files.writeString(to.resolve("config.json"), "mine");
    assertThrows(HubException.class, () -> hub.pullTo(to, model, client.listener()));
    assertEquals("mine", Files.readString(to.resolve("config.json")));
  }

  @Test
  void theCacheSaysWhatIsMissing() throws Exception {
    HubCache cache = new HubCache(folder.resolve("cache"));
    String none = assertThrows(HubException.class, () -> cache.locate(HubPulls.NAME)).getMessage();
    assertEquals(
        "some/model is not in the cache " + folder.resolve("cache") + "; pull it first", none);
    Files.delete(client.pull().resolve(HubPulls.WEIGHTS));
    String part = assertThrows(HubException.class, () -> cache.locate(HubPulls.NAME)).getMessage();
    assertEquals(
        "the cache " + folder.resolve("cache") + " has only a part of some/model; pull it again",
        part);
    assertEquals(client.pull(), cache.locate(HubPulls.NAME));
  }
}
