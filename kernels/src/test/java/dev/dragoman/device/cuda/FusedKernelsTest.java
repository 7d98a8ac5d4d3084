// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Activation;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.operations.Reference;
import dev.dragoman.operations.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests of what the contract's sizes do not reach: the fused feed-forward kernels at the widths
 * that they are made for, and attention in its three parts.
 */
class FusedKernelsTest {
  private final Random random = new Random(7);

  @ParameterizedTest
  @CsvSource({
    "F32,13,64,256,RELU,FORWARD",
    "F32,9,1000,300,SWISH,RANDOM",
    "F16,33,64,128,SWISH,FORWARD",
    "F16,49,256,320,GELU,REVERSE",
    "F16,65,512,160,RELU,RANDOM",
    "F16,17,544,96,GELU_TANH,REVERSE",
    "F16,20,1024,128,NONE,RANDOM",
    "BF16,65,512,160,SWISH,RANDOM",
    "BF16,17,544,96,RELU,REVERSE"
  })
  void feedForward(
      DataType precision, int rows, int width, int inner, Activation activation, Order order) {
    CudaDevices.behave(Timing.DEFERRED, order);
    float[] x = numbers(rows * width, 1);
    float[] w1 = numbers(inner * width, 0.1);
    float[] b1 = numbers(inner, 1);
    float[] w2 = numbers(width * inner, 0.1);
    float[] b2 = numbers(width, 1);
    try (CudaDevice device = fusing(precision)) {
      FeedForwardWeights weights =
          new FeedForwardWeights(
              pack(device, w1, b1, width), activation, pack(device, w2, b2, inner));
      Tensor in = device.allocate(precision, new Shape(rows, width));
      Tensor out = device.allocate(precision, new Shape(rows, width));
      device.upload(x, in);
      float[] before = new float[rows * width];
      Arrays.fill(before, Float.NaN);
      device.upload(before, out);
      device.feedForward(in, weights, out);
      RealMatrix expected =
          Reference.feedForward(
              Reference.matrix(x, rows, width),
              Reference.matrix(w1, inner, width),
              Reference.vector(b1),
              activation,
              Reference.matrix(w2, width, inner),
              Reference.vector(b2));
      float[] actual = new float[rows * width];
      device.download(out, actual);
      Tolerance.of(precision).check("feedForward", expected, actual, width + inner);
    }
  }

  @Test
  void bothWaysAreTriedOnceAndTheWayThatIsRememberedIsTaken(@TempDir Path folder)
      throws IOException {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    Path file = folder.resolve("feed-forward.txt");
    Files.writeString(file, "test\tf16 32 to 64\tFUSED\n");
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.use(FeedForwardWays.remembered(new CardNotes("test", file)));
    try (CudaDevice device = CudaDevices.open(gpu, DataType.F16, Products.LT)) {
      FeedForwardWeights known = weights(device, 32, 64);
      FeedForwardWeights unknown = weights(device, 64, 64);
      long before = device.bytesHeld();
      long kernels = EmulatedDriver.counters().kernels().run();
      device.tune(known);
      assertEquals(kernels, EmulatedDriver.counters().kernels().run());
      device.tune(unknown);
      assertTrue(EmulatedDriver.counters().kernels().run() >= kernels + 2 * 20);
      assertEquals(before, device.bytesHeld());
      assertEquals(2, Files.readAllLines(file).size());
      Tensor x = device.allocate(DataType.F16, new Shape(5, 32));
      device.synchronize();
      kernels = EmulatedDriver.counters().kernels().run();
      device.feedForward(x, known, x);
      device.synchronize();
      assertEquals(kernels + 1, EmulatedDriver.counters().kernels().run(), "fused");
    }
  }

  /**
   * Opens a device without cuBLAS that fuses; in half precision a few rows still take two thin
   * products.
   */
  private static CudaDevice fusing(DataType precision) {
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.use(FeedForwardWays.always(FeedForwardWays.Way.FUSED));
    return CudaDevices.open(gpu, precision, Products.OWN);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void theFusedKernelGivesTheBitsOfTwoProducts(DataType precision) {
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    float[] x = numbers(40 * 64, 1);
    try (CudaDevice device = fusing(precision)) {
      FeedForwardWeights weights = weights(device, 64, 160);
      Tensor in = device.allocate(precision, new Shape(40, 64));
      Tensor out = device.allocate(precision, new Shape(40, 64));
      device.upload(x, in);
      device.feedForward(in, weights, out);
      float[] fused = new float[40 * 64];
      device.download(out, fused);
      for (int first = 0; first < 40; first += 8) {
        device.feedForward(in.rows(first, 8), weights, out.rows(first, 8));
      }
      float[] inParts = new float[40 * 64];
      device.download(out, inParts);
      assertArrayEquals(fused, inParts);
    }
  }

  private FeedForwardWeights weights(CudaDevice device, int width, int inner) {
    return new FeedForwardWeights(
        pack(device, numbers(inner * width, 0.1), numbers(inner, 1), width),
        Activation.RELU,
        pack(device, numbers(width * inner, 0.1), numbers(width, 1), inner));
  }

  @ParameterizedTest
  @CsvSource({
    "F32,1,32,FORWARD",
    "F32,4,128,REVERSE",
    "F16,2,64,RANDOM",
    "F16,3,128,REVERSE",
    "BF16,2,64,RANDOM"
  })
  void attentionInItsParts(DataType type, int heads, int headSize, Order order) {
    CudaDevices.behave(Timing.DEFERRED, order);
    int width = heads * headSize;
    int[] offsets = {0, 1, 14, 14, 221, 223};
    int rows = offsets[offsets.length - 1];
    float[] qkv = numbers(rows * 3 * width, 1);
    try (CudaDevice device = CudaDevices.open(type, Products.LT)) {
      Tensor packed = device.allocate(type, new Shape(rows, 3 * width));
      device.upload(qkv, packed);
      Tensor places = device.allocate(DataType.I32, Shape.vector(offsets.length));
      device.upload(offsets, places);
      Tensor none = device.allocate(DataType.I32, Shape.vector(rows));
      Tensor noBias = device.allocate(DataType.F32, Shape.vector(width));
      AttentionInputs inputs =
          new AttentionInputs(
              packed.columns(0, width),
              noBias,
              packed.columns(width, width),
              packed.columns(2 * width, width),
              new Mask.Sentence(new TokenRows.Packed(none, none, places)),
              heads);
      Tensor scores = device.allocate(DataType.F32, new Shape(rows * heads, 1025));
      Tensor weights = device.allocate(type, new Shape(rows * heads, 1025));
      Tensor limits = device.allocate(DataType.I32, Shape.vector(rows));
      float[] unseen = new float[rows * heads * 1025];
      Arrays.fill(unseen, Float.NaN);
      device.upload(unseen, scores);
      Tensor out = device.allocate(type, new Shape(rows, width));
      device
          .attention()
          .attendInParts(
              inputs,
              CudaTensor.of(scores),
              CudaTensor.of(limits),
              CudaTensor.of(weights),
              CudaTensor.of(out));
      float[] actual = new float[rows * width];
      device.download(out, actual);
      Tolerance.of(type).check("parts", expected(qkv, offsets, heads), actual, headSize + 207);
      checkWeights(device, weights, offsets, heads);
    }
  }

  private static RealMatrix expected(float[] qkv, int[] offsets, int heads) {
    int rows = offsets[offsets.length - 1];
    int width = qkv.length / rows / 3;
    List<int[]> visible = new ArrayList<>();
    for (int sentence = 0; sentence + 1 < offsets.length; sentence++) {
      int length = offsets[sentence + 1] - offsets[sentence];
      for (int i = 0; i < length; i++) {
        visible.add(Reference.range(offsets[sentence], length));
      }
    }
    RealMatrix all = Reference.matrix(qkv, rows, 3 * width);
    return Reference.attention(
        all.getSubMatrix(0, rows - 1, 0, width - 1),
        all.getSubMatrix(0, rows - 1, width, 2 * width - 1),
        all.getSubMatrix(0, rows - 1, 2 * width, 3 * width - 1),
        visible,
        heads);
  }

  /** Checks that each row of weights sums to 1 over its sentence and is exactly zero beyond. */
  private static void checkWeights(CudaDevice device, Tensor weights, int[] offsets, int heads) {
    int columns = weights.shape().columns();
    float[] all = new float[weights.shape().size()];
    device.download(weights, all);
    for (int sentence = 0; sentence + 1 < offsets.length; sentence++) {
      int length = offsets[sentence + 1] - offsets[sentence];
      for (int row = offsets[sentence] * heads; row < offsets[sentence + 1] * heads; row++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          float weight = all[row * columns + c];
          sum += weight;
          if (c >= length) {
            assertEquals(0f, weight, "row " + row);
          }
        }
        assertEquals(1, sum, 1e-2, "row " + row);
      }
    }
  }

  private static Linear pack(CudaDevice device, float[] weight, float[] bias, int inputs) {
    return device.pack(HostTensor.of("test", new Shape(bias.length, inputs), weight), bias);
  }

  /**
   * Returns numbers that are exact in bfloat16 and float16, so that every precision starts from the
   * same ones.
   */
  private float[] numbers(int count, double scale) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToIntBits((float) (random.nextGaussian() * scale * 0.5 + 0.02 * scale));
      numbers[i] = Float.intBitsToFloat(bits & 0xffff_0000);
    }
    return numbers;
  }
}
