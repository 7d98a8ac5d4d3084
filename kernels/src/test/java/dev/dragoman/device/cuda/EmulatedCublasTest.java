// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.FloatByReference;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulated cuBLAS is as particular about workspaces, captures and memory as the real one. */
class EmulatedCublasTest extends OnEmulatedLibrary {
  private static final long WORKSPACE = 4096;
  private static final int INPUTS = 40;
  private static final int OUTPUTS = 8;
  private static final int MOST_ROWS = 16;

  private NativeLibrary cublas;
  private Pointer handle;
  private Pointer weights;
  private Pointer x;
  private Pointer out;

  @BeforeEach
  void openCublas() {
    library("libcublasLt.so.12"); // which cuBLAS needs
    cublas = library("libcublas.so.12");
    handle = made(cublas, "cublasCreate_v2");
    cublas("cublasSetStream_v2", handle, work);
    weights = upload(F32, numbers(OUTPUTS * INPUTS));
    x = upload(F32, numbers(MOST_ROWS * INPUTS));
    out = take(MOST_ROWS * OUTPUTS * 4);
  }

  @Test
  void aProductIsCapturedOnlyWithItsUsersWorkspace() {
    Pointer workspace = take(WORKSPACE);
    multiply(8);
    beginCapture();
    assertNotEquals(SUCCESS, multiply(8), "cuBLAS would allocate a workspace");
    assertEquals(CAPTURE_INVALIDATED, endCapture());

    assertEquals(SUCCESS, cublas("cublasSetWorkspace_v2", handle, workspace, WORKSPACE));
    beginCapture();
    assertEquals(SUCCESS, multiply(8));
    assertEquals(SUCCESS, endCapture());

    cublas("cublasSetStream_v2", handle, work); // back to cuBLAS's own workspace
    beginCapture();
    assertNotEquals(SUCCESS, multiply(8));
    assertEquals(CAPTURE_INVALIDATED, endCapture());
  }

  @Test
  void aWorkspaceIsAlignedMemoryOfTheDevice() {
    Pointer workspace = take(WORKSPACE + 256);
    assertEquals(INVALID_VALUE, setWorkspace(workspace.share(128)), "aligned to 128 bytes");
    assertEquals(SUCCESS, setWorkspace(workspace.share(256)));
    assertEquals(INVALID_VALUE, setWorkspace(workspace.share(512)), "too long by 256 bytes");
    assertEquals(INVALID_VALUE, setWorkspace(new Memory(WORKSPACE)), "the host's");
    assertEquals(SUCCESS, setWorkspace(workspace));
  }

  private int setWorkspace(Pointer workspace) {
    return cublas("cublasSetWorkspace_v2", handle, workspace, WORKSPACE);
  }

  /** Rows of 41 numbers are not at multiples of 16 bytes, and those of 44 are. */
  @Test
  void theOrderOfASumMayDependOnTheAlignmentOfRows() {
    float[] usual = product(8, 41);
    assertArrayEquals(usual, product(8, 44));
    EmulatedDriver.halveUnalignedProducts(8);
    assertArrayEquals(usual, product(8, 41), "8 rows are enough");
    EmulatedDriver.halveUnalignedProducts(9);
    assertFalse(Arrays.equals(usual, product(8, 41)), "another order");
    assertArrayEquals(usual, product(8, 44));
  }

  @Test
  void anErrorOfACapturedProductSpoilsTheCapture() {
    cublas("cublasSetWorkspace_v2", handle, take(WORKSPACE), WORKSPACE);
    EmulatedDriver.plantProductErrorInCapture(2);
    multiply(8);
    multiply(8);
    beginCapture();
    assertEquals(SUCCESS, multiply(8));
    assertEquals(EXECUTION_FAILED, multiply(8));
    assertEquals(EXECUTION_FAILED, multiply(8), "in a capture that is spoilt already");
    assertEquals(CAPTURE_INVALIDATED, endCapture());
    beginCapture();
    assertEquals(SUCCESS, multiply(8));
    assertEquals(SUCCESS, endCapture());
  }

  /** Sizes are told apart by the power of two below them. */
  @Test
  void aProductIsNotUsedForTheFirstTimeInsideACapture() {
    cublas("cublasSetWorkspace_v2", handle, take(WORKSPACE), WORKSPACE);
    multiply(8);
    beginCapture();
    assertEquals(SUCCESS, multiply(15));
    assertEquals(EXECUTION_FAILED, multiply(16));
    assertTrue(EmulatedDriver.lastError().contains("first time"), EmulatedDriver.lastError());
    assertEquals(CAPTURE_INVALIDATED, endCapture());
  }

  @Test
  void whereAllIsLoadedAProductMayBeUsedForTheFirstTimeInsideACapture() {
    EmulatedDriver.loadLazily(false);
    cublas("cublasSetWorkspace_v2", handle, take(WORKSPACE), WORKSPACE);
    beginCapture();
    assertEquals(SUCCESS, multiply(8));
    assertEquals(SUCCESS, endCapture());
  }

  @Test
  void aProductBesideABufferIsAnError() {
    multiply(8, INPUTS, upload(F32, numbers(8 * INPUTS - 1)));
    assertEquals(700, driver("cuStreamSynchronize", work));
    String error = EmulatedDriver.lastError();
    assertEquals(
        "a product reaches beside the buffers of its device: B has 1280 bytes and begins"
            + " 0 bytes into a buffer of 1276 bytes",
        error);
  }

  @Test
  void aHandleGoesWithItsContext() {
    openAgain();
    assertEquals(NOT_INITIALIZED, cublas("cublasSetStream_v2", handle, work));
    assertEquals(NOT_INITIALIZED, cublas("cublasDestroy_v2", handle));
  }

  private float[] product(int rows, int stride) {
    float[] dense = numbers(rows * INPUTS);
    float[] spaced = new float[rows * stride];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(dense, row * INPUTS, spaced, row * stride, INPUTS);
    }
    assertEquals(SUCCESS, multiply(rows, stride, upload(F32, spaced)));
    return download(out, F32, rows * OUTPUTS);
  }

  private int multiply(int rows) {
    return multiply(rows, INPUTS, x);
  }

  private int multiply(int rows, int stride, Pointer x) {
    Object one = new FloatByReference(1);
    Object zero = new FloatByReference(0);
    return cublas(
        "cublasGemmEx",
        handle,
        1,
        0,
        OUTPUTS,
        rows,
        INPUTS,
        one,
        weights,
        F32,
        INPUTS,
        x,
        F32,
        stride,
        zero,
        out,
        F32,
        OUTPUTS,
        COMPUTE_32F,
        -1);
  }

  private int cublas(String function, Object... arguments) {
    return call(cublas, function, arguments);
  }

  private static float[] numbers(int count) {
    Random random = new Random(3);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
