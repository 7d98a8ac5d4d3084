// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.pytorch;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.tensors.TensorFile;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads what PyTorch's {@code torch.save} writes of a state dictionary: a pickle that names tensors
 * and their storages, and each storage's numbers; in a zip since version 1.6, one after the other
 * before. Tensors are mapped; only those that do not lie row by row, as a transposed one, are
 * copied.
 *
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">the format</a>
 */
public final class PyTorchFile implements TensorFile {

  /**
   * What a container says: the tensors and where their numbers are.
   *
   * @param tensors as the pickle names them
   * @param storages begin and length of each storage's numbers, in bytes of the file
   */
  record Contents(Map<String, TorchTensor> tensors, Map<String, Region> storages) {}

  /** Bytes of a file. */
  record Region(long begin, long length) {}

  private final Path file;
  private final Map<String, HostTensor> tensors = new TreeMap<>();

  /** Tensors that are there but no weights, and why. */
  private final Map<String, String> unusable = new TreeMap<>();

  private PyTorchFile(Path file) {
    this.file = file;
  }

  /**
   * Maps the file's tensors.
   *
   * @throws ModelFormatException if the file cannot be read, contradicts itself, or its pickle asks
   *     for anything but tensors and dictionaries
   */
  public static TensorFile open(Path path) {
    PyTorchFile file = new PyTorchFile(path);
    try (FileChannel channel = ModelFiles.open(path)) {
      Contents contents =
          TorchArchive.isZip(channel)
              ? TorchArchive.read(path, channel)
              : TorchStream.read(path, channel);
      for (Map.Entry<String, TorchTensor> tensor : contents.tensors().entrySet()) {
        file.map(channel, tensor.getKey(), tensor.getValue(), contents.storages());
      }
      return file;
    } catch (IOException e) {
      throw ModelFiles.unreadable(path, e);
    }
  }

  private void map(
      FileChannel channel, String name, TorchTensor tensor, Map<String, Region> storages)
      throws IOException {
    TorchTensor.Storage storage = tensor.storage();
    if (storage.type().isEmpty()) {
      unusable.put(name, "holds integers");
      return;
    }
    Region region = storages.get(storage.key());
    DataType type = storage.type().get();
    if (region == null) {
      throw wrong(name, "has no data: storage " + storage.key() + " is missing");
    }
    if (storage.count() * type.bytes() > region.length()) {
      throw wrong(
          name,
          "has a storage of %d %s numbers, but the file has %d bytes of them; it is truncated"
              .formatted(storage.count(), type, region.length()));
    }
    try {
      Shape shape = tensor.shape();
      long bytes = tensor.extent() * type.bytes();
      if (bytes > Integer.MAX_VALUE || (long) shape.size() * type.bytes() > Integer.MAX_VALUE) {
        throw new TorchTensor.Invalid("is larger than 2 GB");
      }
      long begin = region.begin() + tensor.offset() * type.bytes();
      ByteBuffer view =
          bytes == 0 ? ByteBuffer.allocate(0) : channel.map(MapMode.READ_ONLY, begin, bytes);
      ByteBuffer data = tensor.isContiguous() ? view : tensor.rowByRow(view, type.bytes());
      tensors.put(name, new HostTensor(name, type, shape, data));
    } catch (TorchTensor.Invalid e) {
      unusable.put(name, e.getMessage());
    }
  }

  private ModelFormatException wrong(String name, String what) {
    return new ModelFormatException(
        "%s: tensor %s %s".formatted(file, OneLine.of(name), OneLine.of(what)));
  }

  @Override
  public Optional<HostTensor> find(String name) {
    if (unusable.containsKey(name)) {
      throw wrong(name, unusable.get(name));
    }
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public Set<String> names() {
    Set<String> names = new TreeSet<>(tensors.keySet());
    names.addAll(unusable.keySet());
    return names;
  }

  @Override
  public Path file() {
    return file;
  }
}
