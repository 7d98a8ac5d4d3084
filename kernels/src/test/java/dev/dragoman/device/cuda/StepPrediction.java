// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.cuda.launch.LinearInt8;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a decoder step asks of a GPU, kernel by kernel: operations, bytes, launches, and the time
 * that follows. It counts, and nothing here was measured but the limits of the card.
 */
final class StepPrediction {
  /**
   * The rates of one H200, measured: operations a second of a bfloat16 product, bytes a second of a
   * copy.
   */
  private static final double OPERATIONS = 790e12;

  private static final double MEMORY = 4.3e12;

  /** The operations a second of a dense product of 8-bit integers, from NVIDIA's data sheet. */
  private static final double INT8_OPERATIONS = 1979e12;

  /** The bytes a second from the L2 cache, all multiprocessors together; assumed. */
  private static final double L2 = 5.5e12;

  private static final int MULTIPROCESSORS = 132;

  /** The least time that a kernel of a graph takes; assumed. */
  private static final double LEAST = 2e-6;

  /** The tile of a product that one multiprocessor makes at a time. */
  private static final int TILE = 128;

  private static final int PAST = 13;
  private static final int SOURCE = 25;
  private static final int BEAM = 4;

  /** The sizes of a Transformer. */
  record Network(String name, int width, int inner, int vocabulary, int layers) {
    static final Network BASE = new Network("base", 512, 2048, 58_101, 6);
    static final Network BUNDLED = new Network("bundled", 256, 1024, 8_001, 6);
    static final Network BIG = new Network("big", 1024, 4096, 58_101, 6);
  }

  /** The versions of the step, each with what the one before had. */
  enum Version {
    FLOAT32_ACTIVATIONS,
    HALF_ACTIVATIONS,
    BIASES_FOLDED,
    TWO_PRODUCTS,
    ATTENTION_BIASES,
    INT8
  }

  /** The version that is built now. */
  static final Version NOW = Version.ATTENTION_BIASES;

  /**
   * One kernel, as often as a step runs it.
   *
   * @param launches of a step
   * @param operations of one launch
   * @param bytes from and to memory, of one launch
   * @param seconds predicted for one launch
   * @param rate operations a second, at most
   */
  record Kernel(
      String name, int launches, double operations, double bytes, double seconds, double rate) {

    /** Makes a kernel that multiplies at the rate of bfloat16. */
    Kernel(String name, int launches, double operations, double bytes, double seconds) {
      this(name, launches, operations, bytes, seconds, OPERATIONS);
    }

    /** Returns the least time for all of its launches. */
    double floor() {
      return launches * Math.max(operations / rate, bytes / MEMORY);
    }

    double predicted() {
      return launches * seconds;
    }
  }

  private final Network network;
  private final int rows;
  private final Version version;
  private final List<Kernel> kernels = new ArrayList<>();

  private StepPrediction(Network network, int rows, Version version) {
    this.network = network;
    this.rows = rows;
    this.version = version;
  }

  /** Returns all kernels of a step that feeds so many rows, in float16 with cuBLAS. */
  static List<Kernel> of(Network network, int rows, Version version) {
    StepPrediction step = new StepPrediction(network, rows, version);
    step.count();
    return step.kernels;
  }

  private boolean has(Version feature) {
    return version.compareTo(feature) >= 0;
  }

  private void count() {
    int width = network.width();
    int layers = network.layers();
    double number = has(Version.HALF_ACTIVATIONS) ? 2 : 4;
    double row = rows * width * number;
    moves("embed_decoding", 1, 3 * row);
    product("q, k, v", layers, width, 3 * width);
    if (!has(Version.ATTENTION_BIASES)) {
      pass("add_bias, q, k, v", layers, 2 * 3 * row);
    }
    moves("append", layers, 4 * row);
    moves("attend_past", layers, 2 * PAST * row + 2 * row);
    product("projections", 3 * layers, width, width);
    if (!has(Version.ATTENTION_BIASES)) {
      pass("add_bias, q to the source", layers, 2 * row);
    }
    double sources = 2.0 * rows / BEAM * SOURCE * width * number; // shared by the beams
    moves("attend_source", layers, sources + 2 * row);
    feedForward(number);
    moves("add_norm", 3 * layers, 3 * row);
    if (!has(Version.BIASES_FOLDED)) {
      pass("add_bias, projections", 2 * layers, 2 * row);
    }
    if (!has(Version.HALF_ACTIVATIONS)) {
      pass("convert", 5 * layers + 1, 6.0 * rows * width);
    }
    double logits = 4.0 * rows * network.vocabulary();
    product("logits", 1, width, network.vocabulary());
    if (!has(Version.BIASES_FOLDED)) {
      moves("add_bias, logits", 1, 2 * logits);
    }
    moves("best_tokens", 1, has(Version.BIASES_FOLDED) ? logits : 2 * logits);
    moves("advance", 1, 16.0 * rows * 2 * BEAM);
    if (has(Version.INT8)) {
      kernels.removeIf(kernel -> kernel.name().startsWith("add_bias")); // products add theirs
      quantize("quantize, logits", 1, width, network.vocabulary());
      quantize("quantize", 5 * layers, width, 3 * width);
      quantize("quantize, hidden activations", layers, network.inner(), width);
    }
  }

  /** Adds the quantization before those products that do not do it themselves. */
  private void quantize(String name, int launches, int inputs, int outputs) {
    if (!QuantizedGemm.isOneKernel(rows, inputs, outputs)) {
      pass(name, launches, 3.0 * rows * inputs);
    }
  }

  private void feedForward(double number) {
    int layers = network.layers();
    double weights = 2.0 * 2 * network.width() * network.inner();
    double operations = 2.0 * rows * weights / 2;
    if (has(Version.TWO_PRODUCTS)) {
      product("feed-forward, first", layers, network.width(), network.inner());
      pass("add_bias with activation", layers, 2.0 * 2 * rows * network.inner());
      product("feed-forward, second", layers, network.inner(), network.width());
      return;
    }
    int rowsOfBlock = network.width() > 512 ? 16 : 32;
    int blocks = (rows + rowsOfBlock - 1) / rowsOfBlock;
    // A block reads both matrices, at its share of the cache's rate.
    double reading = Math.ceil(1.0 * blocks / MULTIPROCESSORS) * weights / (L2 / MULTIPROCESSORS);
    double bytes = weights + 2 * rows * network.width() * number;
    kernels.add(new Kernel("feed_forward", layers, operations, bytes, Math.max(LEAST, reading)));
  }

  /** Adds a kernel whose time is that of its memory traffic alone. */
  private void moves(String name, int launches, double bytes) {
    kernels.add(new Kernel(name, launches, 0, bytes, Math.max(LEAST, bytes / MEMORY)));
  }

  /** Adds a kernel that works on what the one before has left in the L2 cache. */
  private void pass(String name, int launches, double bytes) {
    kernels.add(new Kernel(name, launches, 0, 0, Math.max(LEAST, bytes / L2)));
  }

  private void product(String name, int launches, int inputs, int outputs) {
    if (has(Version.INT8)) {
      quantizedProduct(name, launches, inputs, outputs);
      return;
    }
    double operations = 2.0 * rows * inputs * outputs;
    double result = name.equals("logits") ? 4 : has(Version.HALF_ACTIVATIONS) ? 2 : 4;
    double bytes = 2.0 * inputs * outputs + 2.0 * rows * inputs + result * rows * outputs;
    double tiles = Math.ceil(1.0 * rows / TILE) * Math.ceil(1.0 * outputs / TILE);
    double ofTile = 2.0 * TILE * TILE * inputs / (OPERATIONS / MULTIPROCESSORS);
    double busy = rows < TILE ? 0 : Math.ceil(tiles / MULTIPROCESSORS) * ofTile;
    double seconds = Math.max(LEAST, Math.max(busy, bytes / MEMORY));
    kernels.add(new Kernel(name, launches, operations, bytes, seconds));
  }

  /**
   * Adds a product of 8-bit integers by our own kernels, in the tiles that are taken on this card.
   */
  private void quantizedProduct(String name, int launches, int inputs, int outputs) {
    double operations = 2.0 * rows * inputs * outputs;
    double result = name.equals("logits") ? 4 : 2;
    double bytes = 1.0 * inputs * outputs + 1.0 * rows * inputs + result * rows * outputs;
    Tile<LinearInt8> tile = QuantizedGemm.tile(rows, outputs, MULTIPROCESSORS);
    Grid grid = tile.grid(rows, outputs);
    double rounds = Math.ceil(1.0 * grid.x() * grid.y() / MULTIPROCESSORS);
    double ofTile = 2.0 * tile.rows() * tile.outputs() * inputs;
    double busy = rounds * ofTile / (INT8_OPERATIONS / MULTIPROCESSORS);
    // A block reads its rows of both factors, at its share of the cache's rate.
    double read = 1.0 * inputs * tile.rowsRead(rows, outputs, MULTIPROCESSORS);
    double reading = read / (L2 / MULTIPROCESSORS);
    double seconds = Math.max(Math.max(LEAST, busy), Math.max(reading, bytes / MEMORY));
    kernels.add(new Kernel(name, launches, operations, bytes, seconds, INT8_OPERATIONS));
  }

  static int launches(List<Kernel> kernels) {
    return kernels.stream().mapToInt(Kernel::launches).sum();
  }

  /** Returns the kernels of a step as a Markdown table. */
  static String table(Network network, int rows) {
    return table(of(network, rows, NOW));
  }

  /** Returns these kernels as a Markdown table. */
  static String table(List<Kernel> kernels) {
    StringBuilder table =
        new StringBuilder("| kernel | launches | GFLOP | MB | floor us | predicted us |\n");
    table.append("|---|---|---|---|---|---|\n");
    for (Kernel kernel : kernels) {
      table.append(
          line(
              "`%s` | %d | %.1f | %.1f | %.1f | %.1f",
              kernel.name(),
              kernel.launches(),
              kernel.launches() * kernel.operations() / 1e9,
              kernel.launches() * kernel.bytes() / 1e6,
              kernel.floor() * 1e6,
              kernel.predicted() * 1e6));
    }
    return table + total("all", kernels);
  }

  /** Returns a table with a line for each version of a step. */
  static String versions(Network network, int rows) {
    StringBuilder table =
        new StringBuilder("| version | launches | GFLOP | MB | floor us | predicted us |\n");
    table.append("|---|---|---|---|---|---|\n");
    for (Version version : Version.values()) {
      String name = version.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      table.append(total(name, of(network, rows, version)));
    }
    return table.toString();
  }

  private static String total(String name, List<Kernel> kernels) {
    return line(
        "%s | %d | %.1f | %.1f | %.1f | %.1f",
        name,
        launches(kernels),
        kernels.stream().mapToDouble(k -> k.launches() * k.operations()).sum() / 1e9,
        kernels.stream().mapToDouble(k -> k.launches() * k.bytes()).sum() / 1e6,
        kernels.stream().mapToDouble(Kernel::floor).sum() * 1e6,
        kernels.stream().mapToDouble(Kernel::predicted).sum() * 1e6);
  }

  private static String line(String format, Object... numbers) {
    return "| " + String.format(Locale.ROOT, format, numbers) + " |\n";
  }
}
