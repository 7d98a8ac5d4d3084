// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The place of the hub and of its models here, by the variables that all of its programs know.
 *
 * @param endpoint {@code HF_ENDPOINT}
 * @param cache {@code HF_HUB_CACHE}, or {@code hub} in {@code HF_HOME}
 * @param token {@code HF_TOKEN}, or the one that a login has left in {@code HF_HOME}
 * @param patience with the network
 * @see <a
 *     href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">
 *     the variables</a>
 */
public record HubSettings(URI endpoint, Path cache, Optional<String> token, Patience patience) {

  /**
   * How long to wait.
   *
   * @param pause before the first new try; twice as long before each further one
   * @param connect so long, and a connection that is not there yet is given up
   * @param stall so long without a byte, and a connection is given up
   */
  public record Patience(Duration pause, Duration connect, Duration stall) {
    private static final Patience USUAL =
        new Patience(Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(60));
  }

  private static final String HUB = "https://huggingface.co";

  /**
   * Reads the variables.
   *
   * @param home the user's directory
   * @throws HubException if one of them cannot be right
   */
  public static HubSettings of(Map<String, String> environment, Path home) throws IOException {
    Path caches = value(environment, "XDG_CACHE_HOME").map(Path::of).orElse(home.resolve(".cache"));
    Path huggingFace =
        value(environment, "HF_HOME")
            .map(path -> expand(path, home))
            .orElse(caches.resolve("huggingface"));
    Path cache =
        Stream.of("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")
            .flatMap(name -> value(environment, name).stream())
            .findFirst()
            .map(path -> expand(path, home))
            .orElse(huggingFace.resolve("hub"));
    return new HubSettings(
        endpoint(value(environment, "HF_ENDPOINT").orElse(HUB)),
        cache,
        token(environment, huggingFace),
        Patience.USUAL);
  }

  private static Path expand(String path, Path home) {
    return path.equals("~") || path.startsWith("~/")
        ? home.resolve(path.substring(Math.min(2, path.length())))
        : Path.of(path);
  }

  private static URI endpoint(String text) throws HubException {
    try {
      URI uri = URI.create(text.replaceAll("/+$", ""));
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
        return uri;
      }
      throw new HubException("HF_ENDPOINT is " + text + ", which is not a web address");
    } catch (IllegalArgumentException e) {
      throw new HubException("HF_ENDPOINT is " + text + ", which is not a web address", e);
    }
  }

  private static Optional<String> token(Map<String, String> environment, Path huggingFace)
      throws IOException {
    Optional<String> given =
        Stream.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
            .flatMap(name -> value(environment, name).stream())
            .findFirst();
    Path file =
        value(environment, "HF_TOKEN_PATH").map(Path::of).orElse(huggingFace.resolve("token"));
    if (given.isEmpty() && Files.isReadable(file) && Files.isRegularFile(file)) {
      given = Optional.of(Files.readString(file).strip());
    }
    return given.filter(token -> !token.isEmpty());
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  /** Leaves the token out, which belongs in no log. */
  @Override
  public String toString() {
    return endpoint + ", cache " + cache;
  }
}
