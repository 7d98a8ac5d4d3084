// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a safetensors file: eight bytes with the length of a JSON header, the header, the numbers.
 * Every claim of the header is checked against the file before a tensor is handed out. Tensors are
 * mapped one by one, so that a file may be larger than 2 GB; their data is not copied.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors implements TensorFile {

  /** The format's own limit for the header, in bytes. */
  private static final long LONGEST_HEADER = 100_000_000;

  /** A tensor's place: {@code begin} inclusive and {@code end} exclusive, in the file. */
  private record Entry(String name, DataType type, Shape shape, long begin, long end) {}

  private final Path file;
  private final Map<String, HostTensor> tensors;

  private Safetensors(Path file, Map<String, HostTensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * Maps the file's tensors.
   *
   * @throws ModelFormatException if the file cannot be read or contradicts itself
   */
  public static Safetensors open(Path file) {
    try (FileChannel channel = ModelFiles.open(file)) {
      List<Entry> entries = entries(file, channel);
      refuseOverlaps(file, entries);
      Map<String, HostTensor> tensors = new TreeMap<>();
      for (Entry entry : entries) {
        ByteBuffer data =
            channel.map(MapMode.READ_ONLY, entry.begin(), entry.end() - entry.begin());
        tensors.put(entry.name(), new HostTensor(entry.name(), entry.type(), entry.shape(), data));
      }
      return new Safetensors(file, tensors);
    } catch (IOException e) {
      throw ModelFiles.unreadable(file, e);
    }
  }

  @Override
  public Optional<HostTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public Path file() {
    return file;
  }

  private static List<Entry> entries(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new ModelFormatException(file + ": truncated: " + size + " bytes are no header");
    }
    long length = ModelFiles.bytes(channel, 0, Long.BYTES).getLong();
    if (length < 0 || length > Math.min(size - Long.BYTES, LONGEST_HEADER)) {
      throw new ModelFormatException(
          "%s: header length %s does not fit a file of %d bytes; it is truncated or not safetensors"
              .formatted(file, Long.toUnsignedString(length), size));
    }
    JsonNode header =
        JsonFile.parse(file, ModelFiles.bytes(channel, Long.BYTES, (int) length).array()).root();
    long start = Long.BYTES + length;
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : header.properties()) {
      if (!property.getKey().equals("__metadata__")) {
        entries.add(new Header(file, property.getKey(), property.getValue()).entry(start, size));
      }
    }
    return entries;
  }

  private static void refuseOverlaps(Path file, List<Entry> entries) {
    List<Entry> inOrder = new ArrayList<>(entries);
    inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    for (int i = 1; i < inOrder.size(); i++) {
      Entry before = inOrder.get(i - 1);
      Entry entry = inOrder.get(i);
      if (entry.begin() < before.end()) {
        throw new ModelFormatException(
            "%s: tensors %s and %s overlap"
                .formatted(file, OneLine.of(before.name()), OneLine.of(entry.name())));
      }
    }
  }

  /** What the header says of one tensor, and the checks of it. */
  private record Header(Path file, String name, JsonNode node) {

    private static final Map<String, DataType> TYPES =
        Map.of("F32", DataType.F32, "F16", DataType.F16, "BF16", DataType.BF16);

    /**
     * Checks the tensor's place in a file of {@code size} bytes whose numbers begin at {@code
     * start}.
     */
    Entry entry(long start, long size) {
      DataType type = TYPES.get(node.path("dtype").asText());
      if (type == null) {
        throw wrong("has type " + node.path("dtype") + "; F32, F16 and BF16 are supported");
      }
      Shape shape = shape();
      long bytes = (long) shape.size() * type.bytes();
      if (bytes > Integer.MAX_VALUE) {
        throw wrong("is larger than 2 GB");
      }
      JsonNode offsets = node.path("data_offsets");
      if (!offsets.isArray() || offsets.size() != 2 || !offsets.get(0).isIntegralNumber()) {
        throw wrong("has data_offsets " + offsets + ", which are not a beginning and an end");
      }
      long begin = number(offsets.get(0));
      long end = number(offsets.get(1));
      if (begin > end || end > size - start) {
        throw wrong(
            "lies at %s, outside the %d bytes of numbers; the file is truncated or broken"
                .formatted(offsets, size - start));
      }
      if (end - begin != bytes) {
        throw wrong("has %d bytes; %s of %s needs %d".formatted(end - begin, shape, type, bytes));
      }
      return new Entry(name, type, shape, start + begin, start + end);
    }

    private Shape shape() {
      JsonNode sizes = node.path("shape");
      if (!sizes.isArray() || sizes.isEmpty() || sizes.size() > 2) {
        throw wrong("has shape " + sizes + "; vectors and matrices are supported");
      }
      long rows = number(sizes.get(0));
      long columns = sizes.size() == 1 ? 1 : number(sizes.get(1));
      if (rows > Integer.MAX_VALUE || columns > Integer.MAX_VALUE) {
        throw wrong("has shape " + sizes + ", which is too large");
      }
      try {
        return new Shape((int) rows, (int) columns);
      } catch (IllegalArgumentException e) {
        throw wrong("has shape " + sizes + ", which is too large");
      }
    }

    private long number(JsonNode value) {
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
        throw wrong("has " + value + " where a size or an offset should be");
      }
      return value.longValue();
    }

    private ModelFormatException wrong(String what) {
      return new ModelFormatException(
          "%s: tensor %s %s".formatted(file, OneLine.of(name), OneLine.of(what)));
    }
  }
}
