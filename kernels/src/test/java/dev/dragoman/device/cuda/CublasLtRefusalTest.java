// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import jcuda.driver.CUcontext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated cublasLt refuses what the documentation does not allow. */
class CublasLtRefusalTest extends OnEmulatedCublasLt {
  private static final int OUTPUTS = 24;
  private static final int ROWS = 16;
  private static final int INPUTS = 40;

  @Test
  void handlesThatAreNullOrGone() {
    Problem p = problem(F32, F32);
    Call call = new Call(p);
    Pointer alive = lt;
    lt = null;
    assertEquals(NOT_INITIALIZED, find(p));
    assertEquals(NOT_INITIALIZED, check(p, call.algorithm));
    assertEquals(NOT_INITIALIZED, call.run());
    lt = alive;
    assertEquals(SUCCESS, lt("cublasLtDestroy", lt));
    assertEquals(NOT_INITIALIZED, lt("cublasLtDestroy", lt));
    assertEquals(NOT_INITIALIZED, call.run());
  }

  @Test
  void aHandleWhoseContextIsGone() {
    openAgain();
    assertEquals(NOT_INITIALIZED, find(problem(F32, F32)));
  }

  @Test
  void aLibraryThatCannotBeStarted() {
    EmulatedDriver.failLtCreate(true);
    assertEquals(NOT_INITIALIZED, lt("cublasLtCreate", new PointerByReference()));
  }

  @Test
  void descriptorsThatAreNullOrGone() {
    Problem p = problem(F32, F32);
    Call call = new Call(p);
    assertEquals(SUCCESS, lt("cublasLtMatrixLayoutDestroy", p.c));
    assertEquals(INVALID_VALUE, lt("cublasLtMatrixLayoutDestroy", p.c));
    assertEquals(INVALID_VALUE, find(p));
    assertEquals(INVALID_VALUE, call.run());
    Problem q = problem(F32, F32);
    Call other = new Call(q);
    assertEquals(SUCCESS, lt("cublasLtMatmulDescDestroy", q.operation));
    assertEquals(INVALID_VALUE, other.run());
    assertEquals(INVALID_VALUE, lt("cublasLtMatmulPreferenceDestroy", p.a), "a layout");
  }

  @Test
  void attributesOfTheWrongSizeOrUnknown() {
    Problem p = problem(F32, F32);
    Memory four = new Memory(4);
    Memory eight = new Memory(8);
    assertEquals(INVALID_VALUE, trySet("MatmulDesc", p.operation, DESC_EPILOGUE, eight));
    assertEquals(INVALID_VALUE, trySet("MatmulDesc", p.operation, DESC_BIAS_POINTER, four));
    assertEquals(INVALID_VALUE, trySet("MatmulDesc", p.operation, 9, four));
    assertEquals(INVALID_VALUE, trySet("MatrixLayout", p.a, LAYOUT_LD, four));
    assertEquals(INVALID_VALUE, trySet("MatrixLayout", p.a, 8, four));
    Pointer preference = preference(0, 0);
    assertEquals(INVALID_VALUE, trySet("MatmulPreference", preference, 1, four));
    assertEquals(INVALID_VALUE, trySet("MatmulPreference", preference, 2, four));
    String get = "cublasLtMatrixLayoutGetAttribute";
    assertEquals(INVALID_VALUE, lt(get, p.a, LAYOUT_COLS, four, 4L, null));
    assertEquals(SUCCESS, lt(get, p.a, LAYOUT_COLS, eight, 8L, null));
    assertEquals(OUTPUTS, eight.getLong(0));
  }

  /** The table lists the types of compute, of A and B, and of C and D; the scale is float32. */
  @ParameterizedTest
  @CsvSource({
    "68, 0, 2",
    "68, 0, 14",
    "68, 2, 14",
    "68, 14, 2",
    "68, 3, 0",
    "64, 2, 2",
    "77, 2, 2",
    "70, 0, 0",
  })
  void typesThatAreInNoTable(int compute, int in, int out) {
    assertEquals(NOT_SUPPORTED, find(problem(in, out).with(DESC_COMPUTE_TYPE, compute)));
  }

  @Test
  void aBiasOfAnotherTypeThanTheResults() {
    Problem p = problem(F16, F16).withBias(take(OUTPUTS * 4));
    assertEquals(SUCCESS, find(p.with(DESC_BIAS_DATA_TYPE, F16)));
    assertEquals(NOT_SUPPORTED, find(p.with(DESC_BIAS_DATA_TYPE, F32)));
    Problem q = problem(F16, F32).withBias(take(OUTPUTS * 4));
    assertEquals(SUCCESS, find(q.with(DESC_BIAS_DATA_TYPE, F32)));
    assertEquals(NOT_SUPPORTED, find(q.with(DESC_BIAS_DATA_TYPE, F16)));
  }

  @ParameterizedTest
  @CsvSource({"0", "5", "8", "128", "130", "160", "256"})
  void epiloguesThatItDoesNotHave(int epilogue) {
    assertEquals(NOT_SUPPORTED, find(problem(F32, F32).with(DESC_EPILOGUE, epilogue)));
  }

  @Test
  void scalarsOnTheDevice() {
    assertEquals(NOT_SUPPORTED, find(problem(F32, F32).with(DESC_POINTER_MODE, 1)));
  }

  @Test
  void layoutsThatDoNotFit() {
    Problem p = problem(F32, F32);
    set("MatrixLayout", p.b, LAYOUT_LD, INPUTS - 1L);
    assertEquals(INVALID_VALUE, find(p), "columns that overlap");
    set("MatrixLayout", p.b, LAYOUT_LD, INPUTS + 4L);
    assertEquals(SUCCESS, find(p));
    set("MatrixLayout", p.b, LAYOUT_COLS, ROWS + 1L);
    assertEquals(INVALID_VALUE, find(p), "rows of x and of the product");
    Problem q = problem(F32, F32).with(DESC_TRANSA, 0);
    assertEquals(INVALID_VALUE, find(q), "W as it lies");
    Problem r = problem(F32, F32);
    set("MatrixLayout", r.d, LAYOUT_ORDER, 1);
    assertEquals(NOT_SUPPORTED, find(r), "by rows");
  }

  @Test
  void pointersThatAreMissing() {
    Call call = call();
    Pointer a = call.a;
    call.a = null;
    assertEquals(INVALID_VALUE, call.run());
    call.a = a;
    Object alpha = call.alpha;
    call.alpha = null;
    assertEquals(INVALID_VALUE, call.run());
    call.alpha = alpha;
    assertEquals(SUCCESS, call.run());
    Call biased = new Call(problem(F32, F32).with(DESC_EPILOGUE, EPILOGUE_BIAS));
    assertEquals(INVALID_VALUE, biased.run(), "a bias that is nowhere");
  }

  @Test
  void pointersThatAreLessAlignedThanPromised() {
    Call call = call();
    Pointer x = call.b;
    call.b = take(INPUTS * ROWS * 4 + 256).share(128);
    assertEquals(INVALID_VALUE, call.run(), "256 bytes were promised");
    Pointer preference = preference(0, 0);
    set("MatmulPreference", preference, PREF_MIN_ALIGNMENT_A_BYTES + 1, 16);
    call.algorithm = find(call.problem, preference).get(0).algorithm();
    assertEquals(SUCCESS, call.run());
    call.b = call.b.share(8);
    assertEquals(INVALID_VALUE, call.run(), "16 bytes were promised");
    call.b = x;
    assertEquals(SUCCESS, call.run());
  }

  @Test
  void aPointerAtTheEndOfABufferIsInNone() {
    Call call = call();
    call.b = take(256).share(256);
    assertEquals(INVALID_VALUE, call.run());
  }

  @Test
  void aBiasThatIsLessAlignedThanTheOneThatHeuristicsSaw() {
    Pointer bias = take(OUTPUTS * 4 + 4);
    Problem p = problem(F32, F32).withBias(bias);
    Call call = new Call(p);
    p.withBias(bias.share(4));
    assertEquals(INVALID_VALUE, call.run());
    call.algorithm = find(p, preference(0, 0)).get(0).algorithm();
    assertEquals(SUCCESS, call.run());
  }

  @Test
  void aWorkspaceThatIsMissingTooSmallOrMisaligned() {
    EmulatedDriver.orderLtAlgorithms(EmulatedDriver.LtAlgorithm.SPLIT_K);
    Call call = call();
    Found found = find(call.problem, preference(1 << 20, 7)).get(0);
    assertTrue(found.workspace() > 0, "split-K needs workspace");
    call.algorithm = found.algorithm();
    assertEquals(INVALID_VALUE, call.run(), "null");
    call.workspace = take(found.workspace() + 256);
    call.workspaceBytes = found.workspace() - 1;
    assertEquals(INVALID_VALUE, call.run(), "too small");
    call.workspaceBytes++;
    assertEquals(SUCCESS, call.run());
    call.workspace = call.workspace.share(128);
    assertEquals(INVALID_VALUE, call.run(), "128 bytes");
  }

  @Test
  void memoryOfAnotherDevice() {
    Call call = call();
    CUcontext here = new CUcontext();
    CUcontext there = new CUcontext();
    cuCtxGetCurrent(here);
    cuDevicePrimaryCtxRetain(there, otherGpu);
    cuCtxSetCurrent(there);
    assertEquals(INVALID_VALUE, find(call.problem), "the handle is another device's");
    call.a = take(INPUTS * OUTPUTS * 4);
    cuCtxSetCurrent(here);
    assertEquals(SUCCESS, call.run());
    assertEquals(700, driver("cuStreamSynchronize", work));
    String error = EmulatedDriver.lastError();
    assertTrue(error.contains("a product is given memory of another device: A"), error);
    cuDevicePrimaryCtxRelease(otherGpu);
  }

  @Test
  void aStreamOfAnotherContext() {
    Call call = call();
    Pointer old = work;
    openAgain();
    openLibrary();
    Call now = call();
    now.stream = old;
    assertEquals(EXECUTION_FAILED, now.run());
    assertEquals(call.problem.outputs, now.problem.outputs);
  }

  private Call call() {
    return new Call(problem(F32, F32));
  }

  private Problem problem(int in, int out) {
    return new Problem(OUTPUTS, ROWS, INPUTS, in, out);
  }
}
