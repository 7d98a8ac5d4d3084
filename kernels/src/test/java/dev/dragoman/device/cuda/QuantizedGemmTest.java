// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.device.cuda.launch.LinearInt8;
import dev.dragoman.operations.Reference;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantized rows against float64, and their products in every tile against exact integers. */
class QuantizedGemmTest {
  private final Random random = new Random(11);
  private CudaDevice device;
  private Execution execution;
  private CudaCopies copies;
  private DeviceMemory memory;

  @BeforeEach
  void open() {
    CudaDevices.behave(Timing.DEFERRED, Order.RANDOM);
    device = CudaDevices.open(DataType.I8, Products.OWN); // keeps the GPU open
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    execution = new Execution(gpu);
    copies = new CudaCopies(execution);
    memory = execution.memory();
  }

  @AfterEach
  void close() {
    execution.close();
    device.close();
    if (EmulatedDriver.isEmulated()) {
      assertTrue(EmulatedDriver.memoryIsWhole(), "a kernel wrote beside a buffer");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16,1,1",
    "F16,5,64",
    "F16,13,39",
    "F16,3,207",
    "F16,6,512",
    "F16,2,2048",
    "F16,3,4100",
    "F32,5,64",
    "F32,13,39",
    "F32,3,1025",
    "F32,2,2500"
  })
  void rowsAreRoundedToTheirOwnSteps(DataType type, int rows, int columns) {
    float[] x = numbers(rows * columns);
    Arrays.fill(x, (rows - 1) * columns, rows * columns, 0); // the last row
    Quantizer.Rows quantized = quantize(x, type, rows, columns);
    byte[] integers = integers(quantized);
    float[] scales = download(quantized.scales());
    int depth = Quantizer.depth(columns);
    for (int row = 0; row < rows; row++) {
      double most = 0;
      for (int c = 0; c < columns; c++) {
        most = Math.max(most, Math.abs(x[row * columns + c]));
      }
      assertEquals(most / 127, scales[row], most / 127 * 1e-6, "scale of row " + row);
      for (int c = 0; c < depth; c++) {
        double steps = c < columns && most > 0 ? x[row * columns + c] / most * 127 : 0;
        String where = "row " + row + ", column " + c;
        assertEquals(steps, integers[row * depth + c], 0.5 + 1e-4, where);
      }
    }
  }

  /**
   * A number in the middle between two integers becomes the even one, as in oneDNN and in the CPU's
   * quantization.
   */
  @Test
  void halvesAreRoundedToEven() {
    float[] x = {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, -127, 126.5f};
    byte[] integers = integers(quantize(x, DataType.F16, 1, x.length));
    byte[] expected = {127, 0, 2, 2, 0, -2, -2, -127, 126};
    assertArrayEquals(expected, Arrays.copyOf(integers, x.length));
  }

  @Test
  void whatIsNotFiniteShows() {
    float[] x = numbers(4 * 100);
    x[137] = Float.NaN;
    x[250] = Float.NEGATIVE_INFINITY;
    CudaLinear weights = pack(numbers(30 * 100), new float[30], 100);
    CudaTensor out = tensor(DataType.F32, 4, 30);
    try (QuantizedGemm product = new QuantizedGemm(execution)) {
      product.multiply(upload(x, DataType.F16, 4, 100), weights, Activation.NONE, out);
    }
    float[] results = download(out);
    for (int i = 0; i < results.length; i++) {
      boolean spoilt = i / 30 == 1 || i / 30 == 2;
      assertEquals(spoilt, Float.isNaN(results[i]), "row " + i / 30);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,NONE",
    "2,13,39,RELU",
    "8,8,64,SWISH",
    "13,207,200,GELU",
    "16,33,2500,GELU_TANH",
    "17,65,64,NONE",
    "64,128,128,RELU",
    "130,300,200,SWISH",
    "129,257,640,NONE"
  })
  void everyTileGivesTheExactSums(int rows, int outputs, int inputs, Activation activation) {
    float[] bias = numbers(outputs);
    CudaLinear weights = pack(numbers(outputs * inputs), bias, inputs);
    Quantizer.Rows x = quantize(numbers(rows * inputs), DataType.F16, rows, inputs);
    double[] expected = expected(x, weights.quantized(), bias, activation);
    float[] first = null;
    try (QuantizedGemm product = new QuantizedGemm(execution)) {
      for (Tile<LinearInt8> tile : QuantizedGemm.TILES) {
        if (tile.rows() < rows && tile == QuantizedGemm.THIN) {
          continue;
        }
        CudaTensor wide = tensor(DataType.F32, rows, outputs + 3).columns(2, outputs);
        product.multiply(tile, x, weights, activation, wide);
        float[] actual = download(wide);
        for (int i = 0; i < actual.length; i++) {
          double allowed = 1e-5 + 1e-5 * Math.abs(expected[i]);
          assertEquals(expected[i], actual[i], allowed, tile + ", number " + i);
        }
        first = first == null ? actual : first;
        assertArrayEquals(first, actual, tile + " gives other bits");
        CudaTensor half = tensor(DataType.F16, rows, outputs);
        product.multiply(tile, x, weights, activation, half);
        float[] halves = download(half);
        for (int i = 0; i < halves.length; i++) {
          assertEquals(first[i], halves[i], 1e-3 + 1e-3 * Math.abs(first[i]), tile + " in half");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,NONE",
    "2,13,39,RELU",
    "4,512,512,NONE",
    "8,9,64,SWISH",
    "13,207,200,GELU",
    "16,33,2048,RELU",
    "15,100,1999,NONE"
  })
  void fewRowsThatAreQuantizedOnTheWayHaveTheSameBits(
      int rows, int outputs, int inputs, Activation activation) {
    float[] numbers = numbers(rows * inputs);
    CudaLinear weights = pack(numbers(outputs * inputs), numbers(outputs), inputs);
    CudaTensor wide = tensor(DataType.F16, rows, inputs + 3).columns(1, inputs);
    copies.copy(upload(numbers, DataType.F16, rows, inputs), wide);
    Quantizer.Rows x = quantize(numbers, DataType.F16, rows, inputs);
    CudaTensor expected = tensor(DataType.F16, rows, outputs);
    CudaTensor actual = tensor(DataType.F16, rows, outputs + 1).columns(1, outputs);
    try (QuantizedGemm product = new QuantizedGemm(execution)) {
      product.multiply(QuantizedGemm.THIN, x, weights, activation, expected);
      product.multiply(wide, weights, activation, actual);
      assertTrue(QuantizedGemm.isOneKernel(rows, inputs, outputs));
      assertArrayEquals(download(expected), download(actual));
    }
  }

  /** The sums reach 127 · 127 · 2¹⁷, which is nearly 2³¹. */
  @Test
  void theLongestSumsFit() {
    int inputs = 1 << 17;
    float[] ones = new float[2 * inputs];
    Arrays.fill(ones, 1);
    CudaLinear weights = pack(ones, new float[2], inputs);
    Quantizer.Rows x = quantize(ones, DataType.F16, 2, inputs);
    try (QuantizedGemm product = new QuantizedGemm(execution)) {
      for (Tile<LinearInt8> tile : QuantizedGemm.TILES) {
        CudaTensor out = tensor(DataType.F32, 2, 2);
        product.multiply(tile, x, weights, Activation.NONE, out);
        for (float sum : download(out)) {
          assertEquals(inputs, sum, 0.1, tile.toString());
        }
      }
    }
  }

  @Test
  void longerSumsAreRefused() {
    HostTensor weight = HostTensor.of("w", new Shape(1, (1 << 17) + 1), new float[(1 << 17) + 1]);
    String message =
        assertThrows(DeviceUnavailableException.class, () -> device.pack(weight, new float[1]))
            .getMessage();
    assertEquals(
        "int8 products have at most 131072 inputs, not 131073: use the setting precision=float16",
        message);
  }

  @Test
  void moreRowsThanTheMemoryHoldsGoInParts() {
    int rows = 2100; // of 8 kB each in 16 MiB
    int inputs = 8000;
    float[] x = new float[rows * inputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i * 31 + i / inputs) % 15 - 7;
    }
    CudaLinear weights = pack(numbers(3 * inputs), numbers(3), inputs);
    CudaTensor in = upload(x, DataType.F16, rows, inputs);
    CudaTensor out = tensor(DataType.F32, rows, 3);
    CudaTensor one = tensor(DataType.F32, 1, 3);
    try (QuantizedGemm product = new QuantizedGemm(execution)) {
      product.multiply(in, weights, Activation.NONE, out);
      float[] all = download(out);
      for (int row : new int[] {0, 1, 2079, 2080, 2081, 2090, 2097, 2099}) {
        product.multiply(in.rows(row, 1), weights, Activation.NONE, one);
        assertArrayEquals(
            Arrays.copyOfRange(all, row * 3, row * 3 + 3), download(one), "row " + row);
      }
    }
  }

  /**
   * Few rows take the thin or the usual tile; more rows take the tile that makes each of the 132
   * multiprocessors read least.
   */
  @Test
  void theTileFollowsFromTheSizes() {
    assertEquals(QuantizedGemm.THIN, QuantizedGemm.tile(1, 58_101, 132));
    assertEquals(QuantizedGemm.THIN, QuantizedGemm.tile(16, 512, 132));
    assertEquals(QuantizedGemm.USUAL, QuantizedGemm.tile(17, 512, 132));
    assertEquals(QuantizedGemm.TALL, QuantizedGemm.tile(2048, 512, 132));
    assertEquals(QuantizedGemm.WIDEST, QuantizedGemm.tile(2048, 2048, 132));
    assertEquals(QuantizedGemm.WIDEST, QuantizedGemm.tile(2048, 58_101, 132));
    assertEquals(QuantizedGemm.USUAL, QuantizedGemm.tile(128, 512, 132));
  }

  @Test
  void weightsTakeAByteEach() {
    long before = device.bytesHeld();
    device.pack(HostTensor.of("w", new Shape(300, 256), numbers(300 * 256)), new float[300]);
    assertEquals(before + 300 * 256 + 300 * 4 + 300 * 4, device.bytesHeld());
  }

  private double[] expected(
      Quantizer.Rows x, Quantizer.Rows weights, float[] bias, Activation activation) {
    byte[] q = integers(x);
    byte[] p = integers(weights);
    float[] s = download(x.scales());
    float[] t = download(weights.scales());
    int depth = x.integers().stride();
    DoubleUnaryOperator function = Reference.activation(activation);
    double[] results = new double[s.length * t.length];
    for (int row = 0; row < s.length; row++) {
      for (int output = 0; output < t.length; output++) {
        long sum = 0;
        for (int k = 0; k < depth; k++) {
          sum += (long) q[row * depth + k] * p[output * depth + k];
        }
        results[row * t.length + output] =
            function.applyAsDouble((double) s[row] * t[output] * sum + bias[output]);
      }
    }
    return results;
  }

  private Quantizer.Rows quantize(float[] x, DataType type, int rows, int columns) {
    Shape shape = new Shape(rows, columns);
    Quantizer.Rows to = Quantizer.in(memory.take(rows * Quantizer.bytesOfRow(columns)), shape);
    // The rows do not begin at multiples of 16 bytes.
    CudaTensor wide = tensor(type, rows, columns + 1).columns(1, columns);
    copies.copy(upload(x, type, rows, columns), wide);
    new Quantizer(execution).quantize(wide, to);
    return to;
  }

  private byte[] integers(Quantizer.Rows rows) {
    byte[] bytes = new byte[rows.integers().count() * rows.integers().stride()];
    for (int first = 0; first < bytes.length; first += PinnedBuffers.BYTES) {
      int count = Math.min(PinnedBuffers.BYTES, bytes.length - first);
      DevicePointer from = rows.integers().pointer().plus(first);
      execution.pinned().download(from, count).get(bytes, first, count);
    }
    return bytes;
  }

  private CudaLinear pack(float[] weight, float[] bias, int inputs) {
    return new CudaPacking(execution, memory, DataType.I8)
        .pack(HostTensor.of("test", new Shape(bias.length, inputs), weight), bias);
  }

  private CudaTensor tensor(DataType type, int rows, int columns) {
    DevicePointer place = memory.take((long) rows * columns * type.bytes());
    return CudaTensor.contiguous(place, type, new Shape(rows, columns));
  }

  private CudaTensor upload(float[] numbers, DataType type, int rows, int columns) {
    CudaTensor tensor = tensor(type, rows, columns);
    copies.upload(numbers, tensor);
    return tensor;
  }

  private float[] download(CudaTensor tensor) {
    float[] numbers = new float[tensor.shape().size()];
    copies.download(tensor, numbers);
    return numbers;
  }

  /** Returns numbers that are exact in float16. */
  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      double number = random.nextGaussian() * Math.exp(random.nextGaussian() * 0.5) * 0.3;
      int bits = Float.floatToIntBits((float) number + 0.02f);
      numbers[i] = Float.intBitsToFloat(bits & 0xffff_e000);
    }
    return numbers;
  }
}
