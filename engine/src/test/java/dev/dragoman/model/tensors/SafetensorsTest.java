// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.SafetensorsBytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  @TempDir Path directory;

  @Test
  void readsEveryType() throws IOException {
    String header =
        """
        {"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},
         "b":{"dtype":"F16","shape":[2],"data_offsets":[4,8]},
         "c":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]},
         "d":{"dtype":"F32","shape":[0,3],"data_offsets":[10,10]}}""";
    byte[] numbers = {0, 0, (byte) 0xC0, 0x3F, 0, 0x3C, 0, (byte) 0xC0, (byte) 0x80, 0x3F};
    Safetensors file = write(SafetensorsBytes.file(header, numbers));
    assertArrayEquals(new float[] {1.5f}, file.find("a").orElseThrow().floats());
    assertArrayEquals(new float[] {1, -2}, file.find("b").orElseThrow().floats());
    assertEquals(Shape.vector(2), file.find("b").orElseThrow().shape());
    assertArrayEquals(new float[] {1}, file.find("c").orElseThrow().floats());
    assertEquals(0, file.find("d").orElseThrow().shape().size());
    assertTrue(file.find("e").isEmpty());
  }

  @Test
  void readsBeyondTwoGigabytes() throws IOException {
    long begin = 3L << 30;
    String header =
        "{\"far\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}"
            .formatted(begin, begin + 4);
    Path path = directory.resolve("sparse");
    Files.write(path, SafetensorsBytes.file(header));
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(file.length() + begin);
      file.write(new byte[] {0, 0, 0x20, 0x41});
    }
    HostTensor far = Safetensors.open(path).find("far").orElseThrow();
    assertArrayEquals(new float[] {10}, far.floats());
  }

  /**
   * An infinity or NaN is refused at any place of a tensor whose size is no multiple of eight
   * bytes.
   */
  @ParameterizedTest
  @CsvSource({"F32,4,7f800000", "F32,4,ffc00001", "F16,2,7c00", "F16,2,fe01", "BF16,2,ff80"})
  void refusesNumbersThatAreNotFinite(String type, int bytes, String bits) throws IOException {
    String header =
        "{\"t\":{\"dtype\":\"%s\",\"shape\":[7],\"data_offsets\":[0,%d]}}"
            .formatted(type, 7 * bytes);
    int number = Integer.parseUnsignedInt(bits, 16);
    for (int place = 0; place < 7; place++) {
      byte[] numbers = new byte[7 * bytes];
      Arrays.fill(numbers, (byte) 0x7b); // large, but finite in every type
      assertEquals(7, read(header, numbers).shape().rows());
      for (int i = 0; i < bytes; i++) {
        numbers[place * bytes + i] = (byte) (number >>> (Byte.SIZE * i));
      }
      assertThrows(ModelFormatException.class, () -> read(header, numbers));
    }
  }

  private HostTensor read(String header, byte[] numbers) throws IOException {
    return new WeightReader(write(SafetensorsBytes.file(header, numbers))).vector("t", 7);
  }

  private Safetensors write(byte[] bytes) throws IOException {
    return Safetensors.open(Files.write(directory.resolve("file"), bytes));
  }
}
