// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import dev.dragoman.cli.console.CommandFailure;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is there as a whole or not at all: lines go to {@code FILE.partial} beside it, which
 * takes its place at the end. After a failure the partial file stays, with whole lines only.
 */
final class FileOutput extends Output {
  private final Path file;
  private final Path partial;
  private final FileChannel channel;

  private FileOutput(Path file, Path partial, FileChannel channel) {
    super(Channels.newOutputStream(channel));
    this.file = file;
    this.partial = partial;
    this.channel = channel;
  }

  /** Begins a new partial file; a link's target is what will be replaced. */
  static FileOutput begin(Path asked) throws IOException {
    Path file = Files.exists(asked) ? asked.toRealPath() : asked.toAbsolutePath();
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw new CommandFailure(asked + ": permission denied");
    }
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    FileChannel channel =
        FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new CommandFailure(partial + ": another dragoman is writing it");
      }
      channel.truncate(0);
      return new FileOutput(file, partial, channel);
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new CommandFailure(partial + ": another command is writing it", e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  void publish() throws IOException {
    channel.force(true);
    if (Files.exists(file)) {
      copyPermissions();
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    channel.close();
  }

  @Override
  String keep(long lines, long bytes) throws IOException {
    try (channel) {
      if (lines == 0) {
        Files.deleteIfExists(partial);
        return "nothing was written";
      }
      channel.truncate(bytes);
      channel.force(true);
      return first(lines) + (lines < 2 ? " is" : " are") + " safe in " + partial;
    }
  }

  private void copyPermissions() throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(partial, Files.getPosixFilePermissions(file));
    }
  }
}
