// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.pytorch;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.pytorch.PyTorchFile.Contents;
import dev.dragoman.model.pytorch.PyTorchFile.Region;
import dev.dragoman.text.OneLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's container before version 1.6, which most of the OPUS-MT models on the hub still have:
 * pickles of a magic number, a version, the machine's sizes, the state dictionary and the storages'
 * keys, and then for each key a count of eight bytes and so many numbers.
 */
final class TorchStream {

  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int VERSION = 1001;

  private TorchStream() {}

  static Contents read(Path file, FileChannel channel) throws IOException {
    int length = (int) Math.min(channel.size(), TorchArchive.LONGEST_PICKLE);
    ByteBuffer start = ModelFiles.bytes(channel, 0, length);
    ByteArrayInputStream in = new ByteArrayInputStream(start.array());
    Map<String, TorchTensor> tensors;
    Object keys;
    try {
      TorchUnpickler pickles = new TorchUnpickler();
      if (!MAGIC.equals(pickles.next(in)) || !Integer.valueOf(VERSION).equals(pickles.next(in))) {
        throw new IllegalArgumentException("PyTorch's magic number is missing");
      }
      if (!(pickles.next(in) instanceof Map<?, ?> machine)
          || !Boolean.TRUE.equals(machine.get("little_endian"))) {
        throw new IllegalArgumentException("the numbers are not little-endian");
      }
      tensors = TorchUnpickler.tensors(pickles.next(in));
      keys = pickles.next(in);
    } catch (IOException | RuntimeException e) {
      throw broken(file, "byte " + (length - in.available()), e);
    }
    return new Contents(tensors, storages(file, channel, tensors, keys, length - in.available()));
  }

  private static Map<String, Region> storages(
      Path file, FileChannel channel, Map<String, TorchTensor> tensors, Object keys, long begin)
      throws IOException {
    Map<String, TorchTensor.Storage> known = new HashMap<>();
    tensors.values().forEach(tensor -> known.put(tensor.storage().key(), tensor.storage()));
    Map<String, Region> regions = new HashMap<>();
    long at = begin;
    for (Object key : keys instanceof List<?> list ? list : List.of()) {
      TorchTensor.Storage storage = known.get(key);
      if (storage == null) {
        throw new ModelFormatException(
            file + ": storage " + OneLine.of(String.valueOf(key)) + " belongs to no tensor");
      }
      long bytes = storage.count() * storage.type().map(type -> type.bytes()).orElse(Long.BYTES);
      if (at > channel.size() - Long.BYTES
          || bytes > channel.size() - Long.BYTES - at
          || ModelFiles.bytes(channel, at, Long.BYTES).getLong() != storage.count()) {
        throw new ModelFormatException(
            "%s: storage %s at byte %d does not have %d numbers; the file is truncated or broken"
                .formatted(file, OneLine.of(storage.key()), at, storage.count()));
      }
      regions.put(storage.key(), new Region(at + Long.BYTES, bytes));
      at += Long.BYTES + bytes;
    }
    return regions;
  }

  /** Makes the refusal of a pickle. */
  static ModelFormatException broken(Path file, String place, Exception cause) {
    return new ModelFormatException(
        "%s: the pickle at %s is refused: %s"
            .formatted(
                file,
                OneLine.of(place),
                OneLine.of(cause.getMessage() == null ? cause.toString() : cause.getMessage())),
        cause);
  }
}
