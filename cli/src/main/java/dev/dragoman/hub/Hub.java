// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Pulls models from the hub. */
public final class Hub {

  private final HubSettings settings;
  private final HubClient client;
  private final HubCache cache;
  private final Ticker ticker;

  /** Opens a hub by its address, a cache and perhaps a token. */
  public Hub(HubSettings settings) {
    this(settings, Ticker.system());
  }

  /** Opens a hub with another clock, for tests. */
  Hub(HubSettings settings, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.client = new HubClient(settings);
    this.cache = new HubCache(settings.cache());
  }

  /** Returns what there is of a model now. */
  public HubModel find(ModelName name, DownloadListener listener)
      throws IOException, InterruptedException {
    return Retries.run(settings, listener, () -> 0, () -> client.model(name));
  }

  /**
   * Downloads what the cache lacks of a model.
   *
   * @return the model's directory in the cache
   */
  public Path pull(HubModel model, DownloadListener listener)
      throws IOException, InterruptedException {
    List<Path> places = new ArrayList<>();
    for (HubFile file : model.files()) {
      places.add(cache.blob(model.name(), file));
    }
    download(model, places, listener);
    return cache.publish(model);
  }

  /** Downloads a model into a directory of the user's, as plain files. */
  public void pullTo(Path directory, HubModel model, DownloadListener listener)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    List<Path> places = model.files().stream().map(file -> directory.resolve(file.name())).toList();
    for (int i = 0; i < places.size(); i++) {
      refuseOther(model.files().get(i), places.get(i));
    }
    download(model, places, listener);
  }

  private void download(HubModel model, List<Path> places, DownloadListener listener)
      throws IOException, InterruptedException {
    long missing = 0;
    for (int i = 0; i < places.size(); i++) {
      missing += Files.exists(places.get(i)) ? 0 : model.files().get(i).size();
    }
    requireSpace(places.get(0).getParent(), missing);
    Download download = new Download(client, settings, listener, ticker);
    for (int i = 0; i < places.size(); i++) {
      HubFile file = model.files().get(i);
      if (Files.exists(places.get(i))) {
        listener.at(file, file.size());
      } else {
        download.to(model, file, places.get(i));
      }
    }
  }

  /**
   * Requires room on the disk; what an earlier run has brought counts as free, since it is not
   * written again.
   */
  private static void requireSpace(Path directory, long missing) throws IOException {
    long incomplete = 0;
    try (var files = Files.newDirectoryStream(directory, "*.incomplete")) {
      for (Path file : files) {
        incomplete += Files.size(file);
      }
    }
    long free = Files.getFileStore(directory).getUsableSpace();
    if (missing > free + incomplete) {
      throw new HubException(
          "%s has %,d MB free, but %,d MB are missing"
              .formatted(directory, free / 1_000_000, missing / 1_000_000));
    }
  }

  /** Refuses to replace the user's own files; those of an earlier run are the same and stay. */
  private static void refuseOther(HubFile file, Path place) throws IOException {
    if (!Files.exists(place)) {
      return;
    }
    MessageDigest digest = file.digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(place), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(file.hash())) {
      throw new HubException(place + " is there and differs from the hub's; remove it first");
    }
  }
}
