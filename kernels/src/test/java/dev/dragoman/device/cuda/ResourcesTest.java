// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Instance;
import dev.dragoman.device.cuda.launch.Kernel;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Linear;
import dev.dragoman.device.cuda.launch.LinearInt8;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every launch fits every card, by the compiler's report: shared memory of a block at most 64 KB on
 * compute capability 7.5, 99 on 8.6, 8.9 and 12.0, 163 on 8.0, 227 on 9.0 and 10.x; 65,536
 * registers.
 */
class ResourcesTest {
  private static final int REGISTERS = 65_536;

  private final Map<String, Resources> resources = Resources.ofKernels();

  @Test
  void theTableHasEveryKernelAndNoOther() {
    assertEquals(
        KernelTable.names().collect(Collectors.toCollection(TreeSet::new)), resources.keySet());
  }

  @Test
  void noKernelSpillsRegisters() {
    resources.forEach((name, kernel) -> assertEquals(0, kernel.spilledBytes(), name));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 99, 163, 227})
  void everySearchFits(int limit) {
    for (int beam = 1; beam <= 64; beam++) {
      Grid best = CudaSearch.bestGrid(2048, beam);
      int threads = CudaSearch.bestThreads(beam);
      assertFits(Kernels.best_tokens.withThreads(threads), best, limit);
      assertFits(Kernels.best_shortlist_tokens.withThreads(threads), best, limit);
      assertFits(Kernels.advance, CudaSearch.advanceGrid(2048, beam), limit);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 99, 163, 227})
  void everyLayerFits(int limit) {
    for (int width = 1; width <= 8192; width++) {
      Grid norm = CudaLayers.normGrid(new Shape(2048, width));
      for (DataType type : List.of(DataType.F32, DataType.F16, DataType.BF16)) {
        assertFits(Kernels.norm, norm, limit);
        assertFits(Kernels.add_norm, norm, limit);
        if (width <= Constants.FF_WIDE_WIDTH) {
          Grid fused = CudaProducts.fusedGrid(type, new Shape(2048, width));
          String name = CudaProducts.fusedKernel(type, width).name();
          String instance = name + "_" + CudaTensor.suffix(type);
          assertFits(instance, fused, CudaProducts.fusedKernel(type, width).threads(), limit);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 99, 163, 227})
  void everyProductFits(int limit) {
    for (Tile<Linear> tile : KernelGemm.TILES) {
      assertFits(tile.kernel(), tile.grid(2048, 512), limit);
    }
    for (Tile<LinearInt8> tile : QuantizedGemm.TILES) {
      assertFits(tile.kernel(), tile.grid(2048, 512), limit);
    }
    IntStream.iterate(64, depth -> depth <= Constants.INT8_THIN_ROUND, depth -> depth + 64)
        .mapToObj(depth -> QuantizedGemm.quantizingGrid(Constants.THIN_ROWS, 4096, depth))
        .forEach(grid -> assertFits(Kernels.linear_quantizing_i8, grid, limit));
  }

  @Test
  void noOtherKernelHasMoreStaticSharedMemoryThanAnyBlockMayHave() {
    resources.forEach(
        (name, kernel) -> assertTrue(kernel.staticSharedBytes() <= 48 << 10, name + kernel));
  }

  private void assertFits(Kernel<?> kernel, Grid grid, int limit) {
    for (Instance instance : kernel.instances()) {
      assertFits(instance.name(), grid, kernel.threads(), limit);
    }
  }

  private void assertFits(String name, Grid grid, int threads, int limit) {
    Resources kernel = resources.get(name);
    int shared = kernel.staticSharedBytes() + grid.sharedBytes();
    assertTrue(
        shared <= limit << 10, name + grid + ": " + shared + " bytes of shared memory of " + limit);
    int registers = (kernel.registers() + 7) / 8 * 8 * threads; // given out in eights
    assertTrue(registers <= REGISTERS, name + grid + ": " + registers + " registers");
  }
}
