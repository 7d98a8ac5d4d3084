package dev.dragoman.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private Safetensors write(byte[] bytes) throws IOException {
    return Safetensors.open(Files.write(directory.resolve("file"), bytes));
  }
}
