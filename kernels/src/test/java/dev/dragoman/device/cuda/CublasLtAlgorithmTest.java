// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.dragoman.device.cuda.EmulatedDriver.LtAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The algorithms that the emulated cublasLt finds, and the order in which they add up. */
class CublasLtAlgorithmTest extends OnEmulatedCublasLt {
  private static final int OUTPUTS = 72;
  private static final int INPUTS = 200;
  private static final int ALL_REDUCTIONS = 7;

  private final float[] weights = numbers(OUTPUTS * INPUTS);
  private final float[] x = numbers(128 * INPUTS);

  @Test
  void splitKIsTheFirstWhereTilesAreFew() {
    Pointer preference = preference(1 << 20, ALL_REDUCTIONS);
    Found first = find(problem(64), preference).get(0);
    assertEquals(LtAlgorithm.SPLIT_K, kind(first));
    assertEquals(4, config(first.algorithm(), CONFIG_SPLITK_NUM));
    assertEquals(4L * OUTPUTS * 64 * 4, first.workspace(), "four sums in float32");
    Problem large = new Problem(2048, 4096, 64, F32, F32);
    assertEquals(LtAlgorithm.LARGE_TILES, kind(find(large, preference).get(0)));
  }

  @Test
  void thePreferenceLimitsReductionsWorkspaceAndAlignment() {
    assertEquals(
        List.of(
            LtAlgorithm.STREAM_K,
            LtAlgorithm.SMALL_TILES,
            LtAlgorithm.PLAIN,
            LtAlgorithm.LARGE_TILES,
            LtAlgorithm.UNALIGNED),
        kinds(problem(64), preference(1 << 20, 0)));
    assertFalse(kinds(problem(64), preference(1024, ALL_REDUCTIONS)).contains(LtAlgorithm.SPLIT_K));
    Pointer unaligned = preference(0, 0);
    set("MatmulPreference", unaligned, PREF_MIN_ALIGNMENT_A_BYTES, 8);
    assertEquals(List.of(LtAlgorithm.UNALIGNED), kinds(problem(64), unaligned));
    Problem odd = new Problem(OUTPUTS, 64, 201, F32, F32);
    assertEquals(List.of(LtAlgorithm.UNALIGNED), kinds(odd, preference(0, 0)), "rows of 804 bytes");
  }

  @Test
  void aTestChoosesWhatComesFirstOrThatThereIsNone() {
    EmulatedDriver.orderLtAlgorithms(LtAlgorithm.UNALIGNED, LtAlgorithm.LARGE_TILES);
    assertEquals(
        List.of(
            LtAlgorithm.UNALIGNED,
            LtAlgorithm.LARGE_TILES,
            LtAlgorithm.STREAM_K,
            LtAlgorithm.SMALL_TILES,
            LtAlgorithm.PLAIN),
        kinds(problem(64), preference(0, 0)));
    EmulatedDriver.ltReturnsNone(true);
    assertEquals(List.of(), kinds(problem(64), preference(0, 0)));
  }

  @Test
  void someAlgorithmsDoNotHaveSmallSizes() {
    EmulatedDriver.orderLtAlgorithms(LtAlgorithm.LARGE_TILES);
    Memory algorithm = find(problem(64), preference(0, 0)).get(0).algorithm();
    assertEquals(SUCCESS, check(problem(64), algorithm));
    assertEquals(NOT_SUPPORTED, check(problem(63), algorithm));
    Call call = new Call(problem(63));
    call.algorithm = algorithm;
    assertEquals(NOT_SUPPORTED, call.run());
  }

  @Test
  void onePlainAlgorithmAddsUpInOneOrderForAllSizes() {
    for (LtAlgorithm kind : List.of(LtAlgorithm.PLAIN, LtAlgorithm.SMALL_TILES)) {
      assertArrayEquals(firstRow(kind, 128), firstRow(kind, 1), kind.name());
    }
  }

  @Test
  void withStreamKTheOrderDependsOnTheSize() {
    float[] usual = firstRow(LtAlgorithm.PLAIN, 128);
    assertArrayEquals(usual, firstRow(LtAlgorithm.STREAM_K, 128));
    assertFalse(Arrays.equals(usual, firstRow(LtAlgorithm.STREAM_K, 8)));
    Found found = only(LtAlgorithm.STREAM_K, problem(8));
    assertEquals(1, config(found.algorithm(), CONFIG_SPLITK_NUM), "and it does not show");
    assertEquals(0, config(found.algorithm(), CONFIG_REDUCTION_SCHEME));
  }

  @Test
  void splitKAddsUpOtherwiseUntilItIsSwitchedOff() {
    float[] usual = firstRow(LtAlgorithm.PLAIN, 8);
    assertFalse(Arrays.equals(usual, firstRow(LtAlgorithm.SPLIT_K, 8)));
    Memory algorithm = only(LtAlgorithm.SPLIT_K, problem(8)).algorithm();
    configure(algorithm, CONFIG_SPLITK_NUM, 1);
    assertEquals(NOT_SUPPORTED, check(problem(8), algorithm), "with a reduction of nothing");
    configure(algorithm, CONFIG_REDUCTION_SCHEME, 0);
    assertArrayEquals(usual, firstRow(algorithm, 8));
  }

  @Test
  void anAlgorithmHasOnlyTheConfigurationsThatItIsCapableOf() {
    Memory algorithm = only(LtAlgorithm.PLAIN, problem(8)).algorithm();
    Memory support = new Memory(4);
    String get = "cublasLtMatmulAlgoCapGetAttribute";
    assertEquals(SUCCESS, lt(get, algorithm, 0, support, 4L, null));
    assertEquals(0, support.getInt(0), "no split-K");
    assertEquals(INVALID_VALUE, lt(get, algorithm, 0, support, 2L, null));
    configure(algorithm, CONFIG_SPLITK_NUM, 2);
    configure(algorithm, CONFIG_REDUCTION_SCHEME, 2);
    assertEquals(NOT_SUPPORTED, check(problem(8), algorithm));
    Memory tile = only(LtAlgorithm.PLAIN, problem(8)).algorithm();
    configure(tile, CONFIG_TILE_ID, 15);
    assertEquals(NOT_SUPPORTED, check(problem(8), tile));
    String set = "cublasLtMatmulAlgoConfigSetAttribute";
    assertEquals(INVALID_VALUE, lt(set, tile, CONFIG_ID, memory(2), 4L), "is read-only");
    assertEquals(INVALID_VALUE, lt(set, tile, CONFIG_SPLITK_NUM, memory(2L), 8L));
  }

  @Test
  void anAlgorithmIsSavedAndRestoredByItsBytes() {
    Memory saved = only(LtAlgorithm.PLAIN, problem(8)).algorithm();
    Memory restored = new Memory(64);
    restored.write(0, saved.getByteArray(0, 64), 0, 64);
    assertEquals(SUCCESS, check(problem(8), restored));
    Problem half = new Problem(OUTPUTS, 8, INPUTS, F16, F16);
    assertEquals(INVALID_VALUE, check(half, restored), "is for float32");
    Memory anothers = new Memory(64);
    anothers.clear();
    assertEquals(INVALID_VALUE, check(problem(8), anothers));
    Call call = new Call(problem(8));
    call.algorithm = anothers;
    assertEquals(INVALID_VALUE, call.run());
  }

  @Test
  void anAlgorithmOfAnotherVersionIsRefused() {
    Memory saved = only(LtAlgorithm.PLAIN, problem(8)).algorithm();
    library = library("cuda13/libcublasLt.so.13");
    lt = made(library, "cublasLtCreate");
    assertEquals(INVALID_VALUE, check(problem(8), saved));
    assertEquals(
        SUCCESS, check(problem(8), only(LtAlgorithm.PLAIN, problem(8)).algorithm()), "its own");
  }

  @Test
  void withoutAnAlgorithmTheLibraryChooses() {
    Call call = call(8);
    call.algorithm = null;
    EmulatedDriver.orderLtAlgorithms(LtAlgorithm.PLAIN);
    assertArrayEquals(firstRow(LtAlgorithm.PLAIN, 8), Arrays.copyOf(call.result(), OUTPUTS));
  }

  private float[] firstRow(LtAlgorithm kind, int rows) {
    return firstRow(only(kind, problem(rows)).algorithm(), rows);
  }

  private float[] firstRow(Memory algorithm, int rows) {
    Call call = call(rows);
    call.algorithm = algorithm;
    call.workspaceBytes = 1 << 20;
    call.workspace = take(call.workspaceBytes);
    return Arrays.copyOf(call.result(), OUTPUTS);
  }

  private Call call(int rows) {
    Call call = new Call(problem(rows));
    call.a = upload(F32, weights);
    call.b = upload(F32, Arrays.copyOf(x, rows * INPUTS));
    return call;
  }

  private Problem problem(int rows) {
    return new Problem(OUTPUTS, rows, INPUTS, F32, F32);
  }

  private Found only(LtAlgorithm kind, Problem problem) {
    return find(problem, preference(1 << 20, ALL_REDUCTIONS)).stream()
        .filter(found -> kind(found) == kind)
        .findFirst()
        .orElseThrow();
  }

  private List<LtAlgorithm> kinds(Problem problem, Pointer preference) {
    return find(problem, preference).stream().map(this::kind).toList();
  }

  private LtAlgorithm kind(Found found) {
    return LtAlgorithm.values()[config(found.algorithm(), CONFIG_ID) - 1];
  }

  private void configure(Memory algorithm, int attribute, int value) {
    assertEquals(
        SUCCESS,
        lt("cublasLtMatmulAlgoConfigSetAttribute", algorithm, attribute, memory(value), 4L));
  }

  private static float[] numbers(int count) {
    Random random = new Random(count);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
