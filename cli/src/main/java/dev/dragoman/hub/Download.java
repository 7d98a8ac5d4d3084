// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Brings one file here: into {@code FILE.incomplete}, from where an earlier run has stopped, and
 * under its own name only once its size and its hash are right.
 */
final class Download {

  private static final int BUFFER = 1 << 16;

  private final HubClient client;
  private final HubSettings settings;
  private final DownloadListener listener;
  private final Ticker ticker;

  /** Says that more or other bytes came than the hub has announced. */
  private static final class WrongContent extends IOException {
    private static final long serialVersionUID = 1;

    WrongContent(String message) {
      super(message);
    }
  }

  Download(HubClient client, HubSettings settings, DownloadListener listener, Ticker ticker) {
    this.client = client;
    this.settings = settings;
    this.listener = listener;
    this.ticker = ticker;
  }

  /**
   * Downloads a file.
   *
   * @param to where it goes; its directory is there
   * @throws IOException if it cannot be had; what came stays for the next run
   */
  void to(HubModel model, HubFile file, Path to) throws IOException, InterruptedException {
    Path incomplete = to.resolveSibling(to.getFileName() + ".incomplete");
    try (FileChannel channel =
            FileChannel.open(
                incomplete,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = lock(channel, incomplete)) {
      assert lock.isValid(); // the lock keeps other processes out until the file is closed
      if (channel.size() > file.size()) {
        channel.truncate(0);
      }
      Retries.run(
          settings,
          listener,
          channel::size,
          () -> {
            receive(model, file, channel);
            return null;
          });
      channel.force(true);
    }
    Files.move(incomplete, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileLock lock(FileChannel channel, Path incomplete) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      throw new HubException(incomplete + ": another dragoman is downloading it");
    } catch (OverlappingFileLockException e) {
      throw new HubException(incomplete + ": this program is downloading it already", e);
    }
  }

  private void receive(HubModel model, HubFile file, FileChannel channel)
      throws IOException, InterruptedException {
    MessageDigest digest = file.digest();
    channel.position(0);
    long there = digestWhatIsThere(channel, digest);
    if (there < file.size() || file.size() == 0) {
      HttpResponse<InputStream> response = client.open(model, file, there);
      try (InputStream body = response.body();
          IdleTimeout stall = new IdleTimeout(body, settings.patience().stall(), ticker)) {
        if (there > 0 && !continues(response, there)) {
          channel.truncate(0);
          digest = file.digest();
          if (response.statusCode() != 200) {
            throw new IOException("the server cannot go on where it stopped");
          }
        }
        listener.at(file, channel.size());
        copy(body, channel, file, digest, stall);
      }
    }
    check(file, channel, digest);
  }

  private static long digestWhatIsThere(FileChannel channel, MessageDigest digest)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    long size = channel.size();
    for (long at = 0; at < size; at = channel.position()) {
      buffer.clear().limit((int) Math.min(BUFFER, size - at));
      if (channel.read(buffer) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
      digest.update(buffer.flip());
    }
    return size;
  }

  private static boolean continues(HttpResponse<?> response, long from) {
    String range = response.headers().firstValue("Content-Range").orElse("");
    return response.statusCode() == 206 && range.startsWith("bytes " + from + "-");
  }

  private void copy(
      InputStream body, FileChannel channel, HubFile file, MessageDigest digest, IdleTimeout stall)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    channel.position(channel.size());
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      stall.alive();
      if (count > file.size() - channel.position()) {
        channel.truncate(0);
        throw new WrongContent(file.name() + " is longer than " + file.size() + " bytes");
      }
      digest.update(buffer, 0, count);
      write(channel, ByteBuffer.wrap(buffer, 0, count), file);
      listener.at(file, channel.position());
    }
  }

  /** Writes bytes; a disk that is full is no reason to try again. */
  private static void write(FileChannel channel, ByteBuffer bytes, HubFile file)
      throws HubException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new HubException(
          "%s cannot be written: %s; what is there is kept, pull again to go on"
              .formatted(file.name(), e.getMessage()),
          e);
    }
  }

  private static void check(HubFile file, FileChannel channel, MessageDigest digest)
      throws IOException {
    if (channel.size() < file.size()) {
      throw new IOException(
          "%s ended after %d of %d bytes".formatted(file.name(), channel.size(), file.size()));
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    if (!hash.equals(file.hash())) {
      channel.truncate(0);
      throw new WrongContent(
          "%s came with hash %s, not %s; it was thrown away"
              .formatted(file.name(), hash, file.hash()));
    }
  }
}
