// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/** Writes a safetensors file, tensor by tensor. */
public final class SafetensorsWriter {

  /** The numbers begin at a multiple of so many bytes, as the format's own library has it. */
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /** Writes a new file; vectors as vectors. */
  public static void write(Path file, Map<String, HostTensor> tensors) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] header = header(tensors);
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(channel, length.putLong(header.length).flip());
      writeFully(channel, ByteBuffer.wrap(header));
      for (HostTensor tensor : tensors.values()) {
        writeFully(channel, tensor.data().duplicate());
      }
      channel.force(true);
    }
  }

  private static byte[] header(Map<String, HostTensor> tensors) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode header = mapper.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Map.Entry<String, HostTensor> entry : tensors.entrySet()) {
      HostTensor tensor = entry.getValue();
      ObjectNode place = header.putObject(entry.getKey()).put("dtype", name(tensor.type()));
      place.putArray("shape").add(tensor.shape().rows());
      if (tensor.shape().columns() != 1) {
        place.withArray("shape").add(tensor.shape().columns());
      }
      long end = offset + tensor.data().remaining();
      place.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = mapper.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static String name(DataType type) {
    return switch (type) {
      case F32, F16, BF16 -> type.name();
      case I8, I32 -> throw new IllegalArgumentException("weights are not integers");
    };
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
