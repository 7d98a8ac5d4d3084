// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The driver that CUDA tests run on: the machine's own where it has a GPU, and otherwise the
 * emulated one, which can be told how to behave and asked what it did.
 */
final class EmulatedDriver {
  private static final Path FOLDER =
      Path.of(System.getProperty("dragoman.emulator", "target/emulator"));
  private static final boolean GPU = Files.exists(Path.of("/dev/nvidiactl"));

  /** The order of the threads of a block. */
  enum Order {
    FORWARD,
    REVERSE,
    RANDOM
  }

  /** The time when work runs: when it is asked for, or when somebody waits for it. */
  enum Timing {
    EAGER,
    DEFERRED
  }

  /** The counts of what has been asked of the driver so far. */
  record Counters(
      KernelCounts kernels,
      long copies,
      long synchronizations,
      MemoryCounts memory,
      long contexts) {
    static final Counters NONE = of(new long[8]);

    /** Reads the counters in the order of counters.h. */
    private static Counters of(long[] c) {
      return new Counters(
          new KernelCounts(c[0], c[1], c[2]), c[3], c[4], new MemoryCounts(c[5], c[6]), c[7]);
    }

    /** Returns what has been asked since then. */
    Counters since(Counters before) {
      return new Counters(
          kernels.since(before.kernels),
          copies - before.copies,
          synchronizations - before.synchronizations,
          memory.since(before.memory),
          contexts - before.contexts);
    }
  }

  /**
   * Kernels that have run, and how they were asked for.
   *
   * @param run kernels that have run, those of graphs among them
   * @param launches of single kernels
   * @param graphLaunches of recorded graphs
   */
  record KernelCounts(long run, long launches, long graphLaunches) {
    private KernelCounts since(KernelCounts before) {
      return new KernelCounts(
          run - before.run, launches - before.launches, graphLaunches - before.graphLaunches);
    }
  }

  /** Memory of devices: pieces that were allocated, and bytes that are held. */
  record MemoryCounts(long allocations, long bytes) {
    private MemoryCounts since(MemoryCounts before) {
      return new MemoryCounts(allocations - before.allocations, bytes - before.bytes);
    }
  }

  private EmulatedDriver() {}

  /** Skips the test, with the reason, where there is neither a GPU nor the emulated driver. */
  static void require() {
    boolean there = GPU || Files.exists(FOLDER.resolve("libcuda.so.1"));
    String reason = "skipped: there is no GPU, and without g++ no emulated one: " + FOLDER;
    if (!there && "cuda".equals(System.getProperty("dragoman.require"))) {
      throw new AssertionError(reason);
    }
    Assumptions.assumeTrue(there, reason);
    if (!GPU) {
      System.setProperty(NativeLibraries.FOLDER_PROPERTY, FOLDER.toAbsolutePath().toString());
    }
  }

  /** Skips the test on a real GPU, which cannot be asked what is tested. */
  static void requireEmulation() {
    require();
    Assumptions.assumeFalse(GPU, "skipped: this test asks the emulated driver, and here is a GPU");
  }

  static boolean isEmulated() {
    return !GPU;
  }

  static Path folder() {
    return FOLDER;
  }

  static void configure(Timing timing, Order order) {
    library()
        .getFunction("emulator_configure")
        .invokeVoid(new Object[] {timing == Timing.EAGER ? 1 : 0, order.ordinal(), 7});
  }

  /** Sets how few rows a product has for which the emulated cuBLAS takes another kernel. */
  static void halveProductsBelow(int rows) {
    set("emulator_halve_products_below", rows);
  }

  /** Sets the same for products with a matrix that is not at multiples of 16 bytes. */
  static void halveUnalignedProducts(int rows) {
    set("emulator_halve_unaligned_products", rows);
  }

  /**
   * Sets that the n-th product fails that is asked of a library inside captures from now on; 0 for
   * none.
   */
  static void plantProductErrorInCapture(int nth) {
    set("emulator_plant_product_error_in_capture", nth);
  }

  /** Sets whether a product of a library must have run before it can be captured. */
  static void loadLazily(boolean lazily) {
    set("emulator_load_lazily", lazily ? 1 : 0);
  }

  /** Sets whether fast functions are up to two units in the last place beside the true result. */
  static void beInexact(boolean inexact) {
    set("emulator_be_inexact", inexact ? 1 : 0);
  }

  /** Sets whether no handle of cublasLt can be made. */
  static void failLtCreate(boolean fail) {
    set("emulator_fail_lt_create", fail ? 1 : 0);
  }

  /** Sets whether cublasLt's heuristics know no algorithm. */
  static void ltReturnsNone(boolean none) {
    set("emulator_lt_returns_none", none ? 1 : 0);
  }

  /** The algorithms of cublasLt, by what is peculiar to each. */
  enum LtAlgorithm {
    /** Tiles of 128 by 128, one sum. */
    PLAIN,
    /** Tiles of 64 by 64, one sum. */
    SMALL_TILES,
    /** Sums of four parts, which need workspace. */
    SPLIT_K,
    /** No split-K, and yet the order of a sum depends on the rows. */
    STREAM_K,
    /** Tiles of 256 by 128, from 64 rows on. */
    LARGE_TILES,
    /** Sums of two parts, for pointers and rows that are not at multiples of 16 bytes. */
    UNALIGNED;

    /** Returns its CUBLASLT_ALGO_CONFIG_ID. */
    int id() {
      return ordinal() + 1;
    }
  }

  /** Sets what cublasLt's heuristics think the fastest; the others follow as usual. */
  static void orderLtAlgorithms(LtAlgorithm... first) {
    int[] ids = new int[first.length + 1]; // never empty, for JNA
    for (int i = 0; i < first.length; i++) {
      ids[i] = first[i].id();
    }
    library()
        .getFunction("emulator_order_lt_algorithms")
        .invokeVoid(new Object[] {ids, first.length});
  }

  /** Takes back what has been set for products and functions. */
  static void behaveAsUsual() {
    halveProductsBelow(0);
    halveUnalignedProducts(0);
    plantProductErrorInCapture(0);
    loadLazily(true);
    beInexact(false);
    failLtCreate(false);
    ltReturnsNone(false);
    orderLtAlgorithms();
  }

  private static void set(String function, int value) {
    library().getFunction(function).invokeVoid(new Object[] {value});
  }

  /** Sets whether kernels that are loaded from now on look for undefined behaviour. */
  static void findUndefined(boolean find) {
    set("emulator_find_undefined", find ? 1 : 0);
  }

  /** The counted calls that an error can be planted at. */
  enum Counted {
    KERNEL(0),
    SYNCHRONIZATION(4);

    private final int counter;

    Counted(int counter) {
      this.counter = counter;
    }

    /** Returns how many such calls there have been. */
    long of(Counters counters) {
      return this == KERNEL ? counters.kernels().run() : counters.synchronizations();
    }
  }

  /** Sets that the n-th of these calls on a device from now on fails, and every call after it. */
  static void plantError(int device, Counted what, long n, int error) {
    library()
        .getFunction("emulator_plant_error")
        .invokeVoid(new Object[] {device, what.counter, n, error});
  }

  /** Sets the machine's number of GPUs, its driver's version, and the memory of each in bytes. */
  static void pretend(int devices, int driverVersion, long memory) {
    library()
        .getFunction("emulator_pretend")
        .invokeVoid(new Object[] {devices, driverVersion, memory});
  }

  /** Sets the compute capability of its GPUs: 75 for 7.5. */
  static void pretendCapability(int capability) {
    set("emulator_pretend_capability", capability);
  }

  /** Sets how many bytes of shared memory a block of its GPUs has that opts in. */
  static void pretendSharedMemory(int bytes) {
    set("emulator_pretend_shared_memory", bytes);
  }

  /** Restores the usual machine: one GPU of 16 GiB. */
  static void pretendNothing() {
    pretend(1, 13000, 16L << 30);
    pretendCapability(90);
    pretendSharedMemory(227 * 1024);
  }

  static Counters counters() {
    long[] c = new long[8];
    library().getFunction("emulator_counters").invokeInt(new Object[] {c});
    return Counters.of(c);
  }

  static Counters counters(int device) {
    long[] c = new long[8];
    library().getFunction("emulator_device_counters").invokeInt(new Object[] {device, c});
    return Counters.of(c);
  }

  static String lastError() {
    return library().getFunction("emulator_last_error").invokeString(new Object[0], false);
  }

  static void forgetError() {
    library().getFunction("emulator_forget_error").invokeVoid(new Object[0]);
  }

  /** Returns whether no kernel has written beside a buffer. */
  static boolean memoryIsWhole() {
    return library().getFunction("emulator_check_memory").invokeInt(new Object[0]) == 0;
  }

  private static NativeLibrary library() {
    return NativeLibrary.getInstance(FOLDER.resolve("libcuda.so.1").toAbsolutePath().toString());
  }
}
