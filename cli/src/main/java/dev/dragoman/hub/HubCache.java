// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cache that the hub's programs share: {@code models--ORG--NAME} with {@code blobs/HASH},
 * {@code snapshots/COMMIT/FILE} that link to them, and {@code refs/main} that names the newest
 * commit.
 *
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">the layout</a>
 */
public final class HubCache {

  private final Path directory;

  /** Reads the cache in a directory that may not be there yet. */
  public HubCache(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns the directory of a model as it was pulled last.
   *
   * @throws HubException if it is not in the cache, or only a part of it
   */
  public Path locate(ModelName name) throws IOException {
    Path model = directory.resolve(name.folder());
    Optional<Path> snapshot = commit(model).map(model.resolve("snapshots")::resolve);
    if (snapshot.isEmpty() || !Files.isDirectory(snapshot.get())) {
      throw new HubException("%s is not in the cache %s; pull it first".formatted(name, directory));
    }
    if (!NeededFiles.hasWeights(names(snapshot.get()))) {
      throw new HubException(
          "the cache %s has only a part of %s; pull it again".formatted(directory, name));
    }
    return snapshot.get();
  }

  private static Optional<String> commit(Path model) throws IOException {
    Path main = model.resolve("refs").resolve("main");
    return Files.isRegularFile(main)
        ? Optional.of(Files.readString(main).strip()).filter(text -> text.matches("[0-9a-f]{40}"))
        : Optional.empty();
  }

  /** Returns the names of the files that are there; a link whose blob is gone is not. */
  private static List<String> names(Path snapshot) throws IOException {
    try (Stream<Path> files = Files.list(snapshot)) {
      return files.filter(Files::exists).map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Returns the place of a file's content. */
  Path blob(ModelName name, HubFile file) throws IOException {
    Path blobs = directory.resolve(name.folder()).resolve("blobs");
    return Files.createDirectories(blobs).resolve(file.hash());
  }

  /**
   * Makes a model whose blobs are all here the one that {@link #locate} finds.
   *
   * @return its directory
   */
  Path publish(HubModel model) throws IOException {
    Path folder = directory.resolve(model.name().folder());
    Path snapshot = folder.resolve("snapshots").resolve(model.commit());
    Files.createDirectories(snapshot);
    for (HubFile file : model.files()) {
      link(snapshot.resolve(file.name()), folder.resolve("blobs").resolve(file.hash()));
    }
    Path refs = Files.createDirectories(folder.resolve("refs"));
    Path written = Files.createTempFile(refs, ".main", "");
    Files.writeString(written, model.commit());
    Files.move(
        written,
        refs.resolve("main"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return snapshot;
  }

  private static void link(Path link, Path blob) throws IOException {
    if (Files.exists(link) && Files.isSameFile(link, blob)) {
      return;
    }
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(link);
    }
    try {
      Files.createSymbolicLink(link, link.getParent().relativize(blob));
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(blob, link); // Windows, where links are for administrators
    }
  }
}
