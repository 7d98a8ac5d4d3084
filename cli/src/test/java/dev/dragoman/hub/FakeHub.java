// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A hub on this machine with one model, {@code some/model}, that misbehaves when it is told to. */
public final class FakeHub implements AutoCloseable {

  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** What the server does with a request for a file, in place of answering well. */
  interface Trouble {
    void answer(HttpExchange exchange, byte[] content) throws IOException;
  }

  /** One request as the server saw it. */
  record Seen(String path, String range, String authorization) {}

  final ObjectNode listing = new ObjectMapper().createObjectNode().put("sha", COMMIT);
  final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  final Deque<Trouble> troubles = new ArrayDeque<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  int listingStatus = 200;

  public FakeHub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
    listing.putArray("siblings");
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Adds a small file, which is in git. */
  public FakeHub small(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    entry(name).put("size", bytes.length).put("blobId", gitHash(bytes));
    files.put(name, bytes);
    return this;
  }

  /** Adds a large file, which is beside git. */
  public FakeHub large(String name, byte[] content) {
    entry(name)
        .put("size", content.length)
        .put("blobId", gitHash(new byte[0]))
        .putObject("lfs")
        .put("sha256", hash("SHA-256", content))
        .put("size", content.length);
    files.put(name, content);
    return this;
  }

  private ObjectNode entry(String name) {
    return listing.withArray("siblings").addObject().put("rfilename", name);
  }

  static String gitHash(byte[] content) {
    byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(header, header.length + content.length);
    System.arraycopy(content, 0, all, header.length, content.length);
    return hash("SHA-1", all);
  }

  static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the files that were asked for, each time. */
  List<String> downloads() {
    return seen.stream()
        .map(Seen::path)
        .filter(path -> path.contains("/resolve/"))
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      seen.add(
          new Seen(
              path,
              exchange.getRequestHeaders().getFirst("Range"),
              exchange.getRequestHeaders().getFirst("Authorization")));
      byte[] content = files.get(path.substring(path.lastIndexOf('/') + 1));
      if (path.equals("/api/models/some/model/revision/main")) {
        send(exchange, listingStatus, new ObjectMapper().writeValueAsBytes(listing));
      } else if (content == null) {
        send(exchange, 404, new byte[0]);
      } else if (!troubles.isEmpty()) {
        troubles.poll().answer(exchange, content);
      } else {
        sendFile(exchange, content);
      }
    }
  }

  private static void sendFile(HttpExchange exchange, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      send(exchange, 200, content);
      return;
    }
    int from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
    String place = "bytes " + from + "-" + (content.length - 1) + "/" + content.length;
    exchange.getResponseHeaders().set("Content-Range", place);
    send(exchange, 206, Arrays.copyOfRange(content, from, content.length));
  }

  static void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Sends so many bytes of what was asked for, and hangs up. */
  static Trouble breakAfter(int bytes) {
    return (exchange, content) -> {
      partly(exchange, content, bytes);
      throw new IOException("hanging up, as the test asks for");
    };
  }

  /** Waits longer than a client should. */
  interface Wait {
    void run() throws InterruptedException;
  }

  /** Sends half and then nothing. */
  static Trouble stall(Wait wait) {
    return (exchange, content) -> {
      partly(exchange, content, content.length / 2);
      try {
        wait.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private static void partly(HttpExchange exchange, byte[] content, int bytes) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
    if (range != null) {
      exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-/" + content.length);
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
    OutputStream body = exchange.getResponseBody();
    body.write(content, from, Math.min(bytes, content.length - from));
    body.flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
