// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The hub's HTTP interface. */
final class HubClient {

  private static final int MOST_REDIRECTS = 10;
  private static final int LONGEST_LISTING = 1 << 25;
  private static final int TOO_MANY_REQUESTS = 429;

  private final HubSettings settings;
  private final HttpClient http;

  HubClient(HubSettings settings) {
    this.settings = settings;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(settings.patience().connect())
            .followRedirects(Redirect.NEVER) // the token must not follow to another host
            .version(Version.HTTP_1_1)
            .build();
  }

  /** Returns what there is of a model now. */
  HubModel model(ModelName name) throws IOException, InterruptedException {
    URI address = address("/api/models/" + name + "/revision/main?blobs=true");
    HttpResponse<InputStream> response = get(address, name, 0);
    try (InputStream body = response.body()) {
      byte[] json = body.readNBytes(LONGEST_LISTING);
      return model(name, address, new ObjectMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new HubException(address + " did not answer with JSON; is HF_ENDPOINT a hub?", e);
    }
  }

  private static HubModel model(ModelName name, URI address, JsonNode json) throws HubException {
    String commit = json.path("sha").asText();
    if (!commit.matches("[0-9a-f]{40}")) {
      throw new HubException(address + " did not say which commit is the newest");
    }
    Map<String, JsonNode> all = new LinkedHashMap<>();
    json.path("siblings").forEach(file -> all.put(file.path("rfilename").asText(), file));
    if (!NeededFiles.hasWeights(all.keySet())) {
      throw new HubException(
          name
              + " has no weights that Dragoman reads: neither safetensors nor pytorch_model.bin nor"
              + " model.bin");
    }
    List<HubFile> files = new ArrayList<>();
    for (String needed : NeededFiles.of(all.keySet())) {
      try {
        files.add(file(needed, all.get(needed)));
      } catch (IllegalArgumentException e) {
        throw new HubException(address + " describes a file wrongly: " + e.getMessage(), e);
      }
    }
    return new HubModel(name, commit, files);
  }

  private static HubFile file(String name, JsonNode json) {
    JsonNode large = json.path("lfs");
    return large.isObject()
        ? new HubFile(
            name, large.path("size").asLong(-1), large.path("sha256").asText(), HubFile.Kind.SHA256)
        : new HubFile(
            name, json.path("size").asLong(-1), json.path("blobId").asText(), HubFile.Kind.GIT);
  }

  /** Opens the content of a file from a byte on; status 200 means that the whole file comes. */
  HttpResponse<InputStream> open(HubModel model, HubFile file, long from)
      throws IOException, InterruptedException {
    return get(
        address("/" + model.name() + "/resolve/" + model.commit() + "/" + file.name()),
        model.name(),
        from);
  }

  private URI address(String path) {
    return URI.create(settings.endpoint() + path);
  }

  private HttpResponse<InputStream> get(URI address, ModelName name, long from)
      throws IOException, InterruptedException {
    URI at = address;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpResponse<InputStream> response =
          http.send(request(at, from), BodyHandlers.ofInputStream());
      int status = response.statusCode();
      if (status == 200 || status == 206 || (status == 416 && from > 0)) {
        return response;
      }
      response.body().close();
      if (status < 300 || status >= 400) {
        throw isEndpoint(at)
            ? failure(status, at, name)
            : new IOException(at.getHost() + " answered with status " + status);
      }
      at = redirect(at, response);
    }
    throw new HubException(address + " redirects more than " + MOST_REDIRECTS + " times");
  }

  private HttpRequest request(URI address, long from) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(settings.patience().stall())
            .header("User-Agent", "dragoman")
            .header("Accept-Encoding", "identity");
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    if (isEndpoint(address)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    return request.build();
  }

  private boolean isEndpoint(URI address) {
    URI endpoint = settings.endpoint();
    return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
        && endpoint.getHost().equalsIgnoreCase(address.getHost())
        && endpoint.getPort() == address.getPort();
  }

  private static URI redirect(URI from, HttpResponse<?> response) throws HubException {
    String location = response.headers().firstValue("Location").orElse("");
    try {
      URI to = from.resolve(location);
      boolean safer = Objects.equals(from.getScheme(), "http");
      if (!location.isBlank()
          && to.getHost() != null
          && (Objects.equals(to.getScheme(), "https")
              || (safer && "http".equals(to.getScheme())))) {
        return to;
      }
      throw new HubException(from + " redirects to '" + location + "', which is not followed");
    } catch (IllegalArgumentException e) {
      throw new HubException(from + " redirects to '" + location + "', no address", e);
    }
  }

  /**
   * Makes an exception of an answer: a final one is a {@link HubException}, others are worth a new
   * try.
   */
  private IOException failure(int status, URI address, ModelName name) {
    String host = settings.endpoint().toString();
    return switch (status) {
      case 401 ->
          new HubException(
              settings.token().isPresent()
                  ? host + " does not accept the token (HF_TOKEN) for " + name
                  : name
                      + " is not on "
                      + host
                      + ", or not public: check the name or set HF_TOKEN");
      case 403 ->
          new HubException(
              "no access to %s: ask for it on %s/%s and set HF_TOKEN".formatted(name, host, name));
      case 404 -> new HubException(name + " is not on " + host + " (" + address.getPath() + ")");
      default -> {
        String message = address.getHost() + " answered with status " + status;
        yield status >= 500 || status == TOO_MANY_REQUESTS
            ? new IOException(message)
            : new HubException(message + " for " + address.getPath());
      }
    };
  }
}
