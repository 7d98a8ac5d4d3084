// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.zip;

import dev.dragoman.model.files.ByteSource;
import dev.dragoman.model.files.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A model in a folder of a zip archive, read in place; nothing is written to disk.
 *
 * @param archive the whole archive
 * @param prefix the folder in it, with a slash at its end; empty for the uppermost
 */
public record ZipFolder(ZipArchive archive, String prefix) implements ModelFolder {

  @Override
  public Path path() {
    return archive.file().resolve(prefix);
  }

  @Override
  public Set<String> files() {
    return archive.files(prefix);
  }

  @Override
  public ByteSource open(String name) {
    return archive.open(prefix + name);
  }

  @Override
  public ZipFolder folder(String name) {
    return new ZipFolder(archive, prefix + name + "/");
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }
}
