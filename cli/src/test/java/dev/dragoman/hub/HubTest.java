package dev.dragoman.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dragoman.Hang;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = Hang.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubTest {
  private static final ModelName NAME = new ModelName("some", "model");
  private static final String WEIGHTS = "model.safetensors";

  /**
   * Longer than a part of a name may be, so that no name server has to be asked, and waited for.
   */
  private static final String NO_NAME = "n".repeat(64) + ".invalid";

  private static final HubSettings.Patience PATIENCE =
      new HubSettings.Patience(
          Duration.ofMillis(1), Duration.ofSeconds(Hang.SECONDS), Duration.ofSeconds(Hang.SECONDS));

  private final byte[] weights = new byte[300_000];
  private final List<String> retries = new ArrayList<>();
  private final FakeTicker ticker = new FakeTicker();
  private FakeHub server;
  @TempDir private Path folder;

  @BeforeEach
  void fill() throws IOException {
    new Random(3).nextBytes(weights);
    server = new FakeHub().small("config.json", "{\"a\":1}").large(WEIGHTS, weights);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fillsTheStandardLayout() throws Exception {
    Path snapshot = pull();

    Path model = folder.resolve("cache/models--some--model");
    String blob = FakeHub.hash("SHA-256", weights);
    assertEquals(model.resolve("snapshots").resolve(FakeHub.COMMIT), snapshot);
    assertEquals(FakeHub.COMMIT, Files.readString(model.resolve("refs/main")));
    assertArrayEquals(weights, Files.readAllBytes(model.resolve("blobs").resolve(blob)));
    assertEquals(Path.of("../../blobs", blob), Files.readSymbolicLink(snapshot.resolve(WEIGHTS)));
    // What `git hash-object` says of this content.
    assertEquals(
        Path.of("../../blobs/daa5053ecf5f9a37b2de733d0751cc1ab53ac010"),
        Files.readSymbolicLink(snapshot.resolve("config.json")));
    assertEquals("{\"a\":1}", Files.readString(snapshot.resolve("config.json")));
    assertEquals(snapshot, new HubCache(folder.resolve("cache")).locate(NAME));
  }

  @Test
  void takesOnlyWhatIsNeeded() throws Exception {
    server.large("pytorch_model.bin", weights).large("tf_model.h5", weights);
    server.small("README.md", "read me").small("../vocab.json", "{}").small("a/vocab.json", "{}");
    server.small("vocab.json", "{}").large("source.spm", new byte[] {1});

    pull();

    assertEquals(List.of("config.json", "source.spm", "vocab.json", WEIGHTS), server.downloads());
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
  void aSecondPullDownloadsNothing() throws Exception {
    pull();
    server.seen.clear();
    pull();
    assertEquals(List.of(), server.downloads());
  }

  @Test
  void goesOnAfterBrokenConnections() throws Exception {
    Stream.of(1_000_000, 100_000, 50_000, 1, 100)
        .map(FakeHub::breakAfter)
        .forEach(server.troubles::add);

    assertArrayEquals(weights, Files.readAllBytes(pull().resolve(WEIGHTS)));

    // What was on its way when a connection broke may be lost.
    List<Integer> begun =
        ranges().stream().map(range -> Integer.parseInt(range.replaceAll("\\D", ""))).toList();
    assertTrue(begun.size() >= 4, begun.toString());
    assertTrue(0 < begun.get(0) && begun.get(0) <= 100_000, begun.toString());
    assertTrue(begun.get(0) <= begun.get(1), begun.toString());
    assertTrue(begun.get(1) <= begun.get(0) + 50_000, begun.toString());
  }

  @Test
  void goesOnWhereAnEarlierRunHasStopped() throws Exception {
    Files.write(incomplete(), Arrays.copyOf(weights, 123_456));

    assertArrayEquals(weights, Files.readAllBytes(pull().resolve(WEIGHTS)));

    assertEquals(List.of("bytes=123456-"), ranges());
    assertFalse(Files.exists(incomplete()));
  }

  @Test
  void whatAFailedRunBroughtIsUsedByTheNext() throws Exception {
    server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content)); // config.json
    server.troubles.add(FakeHub.breakAfter(200_000));
    server.troubles.add((exchange, content) -> FakeHub.send(exchange, 410, content));
    assertThrows(HubException.class, this::pull);
    assertFalse(Files.exists(folder.resolve("cache/models--some--model/refs/main")));
    long there = Files.size(incomplete());
    assertTrue(0 < there && there <= 200_000, there + " bytes");

    assertArrayEquals(weights, Files.readAllBytes(pull().resolve(WEIGHTS)));
    assertEquals("bytes=" + there + "-", ranges().get(ranges().size() - 1));
  }

  @Test
  void startsAgainWhereWhatIsThereIsWrong() throws Exception {
    Files.write(incomplete(), new byte[5000]);
    assertArrayEquals(weights, Files.readAllBytes(pull().resolve(WEIGHTS)));
    assertTrue(retries.get(0).contains("came with hash"), retries.toString());
  }

  @Test
  void startsAgainWhereTheServerDoesNotGoOn() throws Exception {
    Files.write(incomplete(), Arrays.copyOf(weights, 1000));
    server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content));
    server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content));
    assertArrayEquals(weights, Files.readAllBytes(pull().resolve(WEIGHTS)));
    assertEquals(List.of(), retries);
  }

  @Test
  void aWrongHashIsNeverPublished() throws Exception {
    ((ObjectNode) server.listing.at("/siblings/1/lfs")).put("sha256", "0".repeat(64));
    String message = failure();
    assertTrue(message.contains(WEIGHTS + " came with hash "), message);
    assertTrue(message.contains("tried 5 times"), message);
    assertNothingPublished();
    assertEquals(0, Files.size(blobs().resolve("0".repeat(64) + ".incomplete")));
  }

  @Test
  void aWrongGitHashIsNeverPublished() throws Exception {
    ((ObjectNode) server.listing.at("/siblings/0")).put("blobId", "1".repeat(40));
    assertTrue(failure().contains("config.json came with hash "));
    assertNothingPublished();
  }

  @Test
  void moreBytesThanAnnouncedAreRefused() throws Exception {
    ((ObjectNode) server.listing.at("/siblings/1/lfs")).put("size", 1000);
    assertTrue(failure().contains("is longer than 1000 bytes"));
    assertNothingPublished();
  }

  @Test
  void fewerBytesThanAnnouncedAreRefused() throws Exception {
    ((ObjectNode) server.listing.at("/siblings/1/lfs")).put("size", 300_001);
    String message = failure();
    assertTrue(message.contains("300000 of 300001 bytes") || message.contains("416"), message);
    assertNothingPublished();
  }

  @Test
  void aStalledConnectionIsGivenUp() throws Exception {
    FakeHub.Trouble stall = FakeHub.stall(() -> ticker.passUntilGivenUp(PATIENCE.stall()));
    server.troubles.add(stall);
    server.troubles.add(stall);
    assertArrayEquals(weights, Files.readAllBytes(pull().resolve(WEIGHTS)));
    assertEquals(2, retries.size());
  }

  @Test
  void theTokenDoesNotFollowToAnotherHost() throws Exception {
    try (FakeHub other = new FakeHub().large(WEIGHTS, weights)) {
      server.troubles.add((exchange, content) -> FakeHub.send(exchange, 200, content));
      server.troubles.add(
          (exchange, content) -> {
            String to = other.address() + "/elsewhere/" + WEIGHTS + "?signature=1";
            exchange.getResponseHeaders().set("Location", to);
            FakeHub.send(exchange, 302, new byte[0]);
          });
      pull();
      assertEquals(1, other.seen.size());
      assertNull(other.seen.get(0).authorization());
      assertTrue(server.seen.stream().allMatch(s -> "Bearer secret".equals(s.authorization())));
    }
  }

  @Test
  void theTokenFollowsOnTheSameHost() throws Exception {
    server.troubles.add(
        (exchange, content) -> {
          exchange.getResponseHeaders().set("Location", "/cache/config.json");
          FakeHub.send(exchange, 307, new byte[0]);
        });
    pull();
    assertTrue(server.seen.stream().anyMatch(s -> s.path().equals("/cache/config.json")));
    assertTrue(server.seen.stream().allMatch(s -> "Bearer secret".equals(s.authorization())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://x/y", "", "http://", ":"})
  void strangeRedirectsAreNotFollowed(String location) {
    for (int i = 0; i < 20; i++) {
      server.troubles.add(
          (exchange, content) -> {
            exchange.getResponseHeaders().set("Location", location);
            FakeHub.send(exchange, 302, new byte[0]);
          });
    }
    assertTrue(failure().contains("redirects"));
  }

  @ParameterizedTest
  @CsvSource({
    "401,does not accept the token (HF_TOKEN) for some/model",
    "403,no access to some/model",
    "404,some/model is not on http",
    "400,status 400"
  })
  void refusalsAreFinal(int status, String message) {
    server.listingStatus = status;
    String actual = failure();
    assertTrue(actual.contains(message), actual);
    assertEquals(1, server.seen.size());
  }

  @Test
  void withoutATokenTheAdviceIsAnother() {
    server.listingStatus = 401;
    HubSettings settings = new HubSettings(server.address(), folder, Optional.empty(), PATIENCE);
    String message =
        assertThrows(HubException.class, () -> new Hub(settings, ticker).find(NAME, listener()))
            .getMessage();
    assertTrue(message.contains("check the name or set HF_TOKEN"), message);
    assertNull(server.seen.get(0).authorization());
  }

  @Test
  void aServerInTroubleIsAskedAgain() throws Exception {
    for (int status : new int[] {503, 429, 500}) {
      server.troubles.add((exchange, content) -> FakeHub.send(exchange, status, new byte[0]));
    }
    pull();
    assertEquals(3, retries.size());
    server.listingStatus = 502;
    assertTrue(failure().contains("status 502; tried 5 times"));
  }

  @Test
  void noNetworkIsSaidInOneLine() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertTrue(failure(URI.create("http://127.0.0.1:" + port)).contains("no connection"));
    assertTrue(failure(URI.create("http://" + NO_NAME)).contains("no such host"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../x", "main", ""})
  void strangeCommitsAreRefused(String commit) {
    server.listing.put("sha", commit);
    assertTrue(failure().contains("which commit"));
  }

  @Test
  void strangeHashesAreRefused() {
    ((ObjectNode) server.listing.at("/siblings/1/lfs")).put("sha256", "../../../../x");
    assertTrue(failure().contains("describes a file wrongly"));
  }

  @Test
  void aModelWithoutWeightsIsRefused() {
    server.listing.putArray("siblings").addObject().put("rfilename", "tf_model.h5");
    assertTrue(failure().contains("no weights that Dragoman reads"));
  }

  @Test
  void whatDoesNotFitOnTheDiskIsNotBegun() throws IOException {
    ((ObjectNode) server.listing.at("/siblings/1/lfs")).put("size", 1L << 60);
    assertTrue(failure().contains("MB are missing"));
    assertEquals(List.of(), server.downloads());
  }

  /** {@code /dev/full} takes every byte with the error that a full disk gives. */
  @Test
  void aFullDiskIsSaidAndNotTriedAgain() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full here");
    Path link = folder.resolve("full");
    Files.createDirectories(link);
    Files.createSymbolicLink(link.resolve(WEIGHTS + ".incomplete"), full);
    String message =
        assertThrows(
                HubException.class,
                () -> {
                  Hub hub = new Hub(settings(server.address()), ticker);
                  hub.pullTo(link, hub.find(NAME, listener()), listener());
                })
            .getMessage();
    assertTrue(message.contains(WEIGHTS + " cannot be written: No space left"), message);
    assertEquals(List.of(), retries);
  }

  @Test
  void pullsIntoADirectoryOfTheUsers() throws Exception {
    Path to = folder.resolve("a/b");
    Hub hub = new Hub(settings(server.address()), ticker);
    HubModel model = hub.find(NAME, listener());
    hub.pullTo(to, model, listener());
    assertArrayEquals(weights, Files.readAllBytes(to.resolve(WEIGHTS)));
    assertEquals("{\"a\":1}", Files.readString(to.resolve("config.json")));
    server.seen.clear();
    hub.pullTo(to, model, listener());
    assertEquals(List.of(), server.downloads());
    Files.writeString(to.resolve("config.json"), "mine");
    assertThrows(HubException.class, () -> hub.pullTo(to, model, listener()));
    assertEquals("mine", Files.readString(to.resolve("config.json")));
  }

  @Test
  void theCacheSaysWhatIsMissing() throws Exception {
    HubCache cache = new HubCache(folder.resolve("cache"));
    String none = assertThrows(HubException.class, () -> cache.locate(NAME)).getMessage();
    assertTrue(none.contains("'dragoman pull some/model'"), none);
    Files.delete(pull().resolve(WEIGHTS));
    String part = assertThrows(HubException.class, () -> cache.locate(NAME)).getMessage();
    assertTrue(part.contains("only a part of some/model"), part);
    pull();
    cache.locate(NAME);
  }

  private Path pull() throws IOException, InterruptedException {
    return pull(server.address());
  }

  private Path pull(URI endpoint) throws IOException, InterruptedException {
    Hub hub = new Hub(settings(endpoint), ticker);
    return hub.pull(hub.find(NAME, listener()), listener());
  }

  private String failure() {
    return failure(server.address());
  }

  private String failure(URI endpoint) {
    String message = assertThrows(HubException.class, () -> pull(endpoint)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  private HubSettings settings(URI endpoint) {
    return new HubSettings(endpoint, folder.resolve("cache"), Optional.of("secret"), PATIENCE);
  }

  private DownloadListener listener() {
    return new DownloadListener() {
      @Override
      public void at(HubFile file, long bytes) {}

      @Override
      public void retrying(String reason, Duration pause) {
        retries.add(reason);
      }
    };
  }

  private Path blobs() throws IOException {
    return Files.createDirectories(folder.resolve("cache/models--some--model/blobs"));
  }

  private Path incomplete() throws IOException {
    return blobs().resolve(FakeHub.hash("SHA-256", weights) + ".incomplete");
  }

  private List<String> ranges() {
    return server.seen.stream().map(FakeHub.Seen::range).filter(range -> range != null).toList();
  }

  private void assertNothingPublished() {
    Path model = folder.resolve("cache/models--some--model");
    assertFalse(Files.exists(model.resolve("refs")));
    assertFalse(Files.exists(model.resolve("snapshots")));
  }
}
