// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.FloatByReference;
import com.sun.jna.ptr.IntByReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A test that calls the emulated cublasLt. */
abstract class OnEmulatedCublasLt extends OnEmulatedLibrary {
  static final int EPILOGUE_DEFAULT = 1;
  static final int EPILOGUE_BIAS = 4;
  static final int DESC_COMPUTE_TYPE = 0;
  static final int DESC_POINTER_MODE = 2;
  static final int DESC_TRANSA = 3;
  static final int DESC_EPILOGUE = 7;
  static final int DESC_BIAS_POINTER = 8;
  static final int DESC_BIAS_DATA_TYPE = 26;
  static final int LAYOUT_ORDER = 1;
  static final int LAYOUT_COLS = 3;
  static final int LAYOUT_LD = 4;
  static final int PREF_MAX_WORKSPACE_BYTES = 1;
  static final int PREF_REDUCTION_SCHEME_MASK = 3;
  static final int PREF_MIN_ALIGNMENT_A_BYTES = 5;
  static final int CONFIG_ID = 0;
  static final int CONFIG_TILE_ID = 1;
  static final int CONFIG_SPLITK_NUM = 2;
  static final int CONFIG_REDUCTION_SCHEME = 3;
  static final int MOST_ALGORITHMS = 8;
  private static final int RESULT_BYTES = 96;
  private static final int ALGORITHM_BYTES = 64;

  NativeLibrary library;

  /** The library's handle. */
  Pointer lt;

  /** A product of outputs × rows: W, transposed (inputs × outputs), by x (inputs × rows). */
  final class Problem {
    final int outputs;
    final int rows;
    final int inputs;
    final int in;
    final int out;
    final Pointer operation;
    final Pointer a;
    final Pointer b;
    final Pointer c;
    final Pointer d;

    Problem(int outputs, int rows, int inputs, int in, int out) {
      this.outputs = outputs;
      this.rows = rows;
      this.inputs = inputs;
      this.in = in;
      this.out = out;
      this.operation = made(library, "cublasLtMatmulDescCreate", COMPUTE_32F, F32);
      this.a = layout(in, inputs, outputs);
      this.b = layout(in, inputs, rows);
      this.c = layout(out, outputs, rows);
      this.d = layout(out, outputs, rows);
      set("MatmulDesc", operation, DESC_TRANSA, 1);
    }

    Problem with(int attribute, Object value) {
      set("MatmulDesc", operation, attribute, value);
      return this;
    }

    Problem withBias(Pointer bias) {
      return with(DESC_EPILOGUE, EPILOGUE_BIAS).with(DESC_BIAS_POINTER, bias);
    }
  }

  /** The result of heuristics for an algorithm. */
  record Found(Memory algorithm, long workspace) {}

  @BeforeEach
  void openLibrary() {
    library = library("libcublasLt.so.12");
    lt = made(library, "cublasLtCreate");
  }

  int lt(String function, Object... arguments) {
    return call(library, function, arguments);
  }

  Pointer layout(int type, long rows, long columns) {
    return made(library, "cublasLtMatrixLayoutCreate", type, rows, columns, rows);
  }

  int trySet(String descriptor, Pointer handle, int attribute, Memory value) {
    return lt("cublasLt" + descriptor + "SetAttribute", handle, attribute, value, value.size());
  }

  void set(String descriptor, Pointer handle, int attribute, Object value) {
    assertEquals(SUCCESS, trySet(descriptor, handle, attribute, memory(value)), "" + attribute);
  }

  static Memory memory(Object value) {
    Memory memory = new Memory(value instanceof Integer ? 4 : 8);
    if (value instanceof Integer number) {
      memory.setInt(0, number);
    } else if (value instanceof Long number) {
      memory.setLong(0, number);
    } else {
      memory.setPointer(0, (Pointer) value);
    }
    return memory;
  }

  int config(Pointer algorithm, int attribute) {
    Memory value = new Memory(4);
    assertEquals(
        SUCCESS, lt("cublasLtMatmulAlgoConfigGetAttribute", algorithm, attribute, value, 4L, null));
    return value.getInt(0);
  }

  /** Makes a preference for so much workspace and such reduction schemes; everything is aligned. */
  Pointer preference(long workspace, int reductions) {
    Pointer preference = made(library, "cublasLtMatmulPreferenceCreate");
    set("MatmulPreference", preference, PREF_MAX_WORKSPACE_BYTES, workspace);
    set("MatmulPreference", preference, PREF_REDUCTION_SCHEME_MASK, reductions);
    return preference;
  }

  List<Found> find(Problem p, Pointer preference) {
    Memory results = new Memory(MOST_ALGORITHMS * RESULT_BYTES);
    IntByReference count = new IntByReference();
    int status = find(p, preference, results, count);
    assertEquals(count.getValue() == 0 ? NOT_SUPPORTED : SUCCESS, status);
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < count.getValue(); i++) {
      long at = (long) i * RESULT_BYTES;
      Memory algorithm = new Memory(ALGORITHM_BYTES);
      algorithm.write(0, results.getByteArray(at, ALGORITHM_BYTES), 0, ALGORITHM_BYTES);
      found.add(new Found(algorithm, results.getLong(at + ALGORITHM_BYTES)));
    }
    return found;
  }

  int find(Problem p, Pointer preference, Memory results, IntByReference count) {
    return lt(
        "cublasLtMatmulAlgoGetHeuristic",
        lt,
        p.operation,
        p.a,
        p.b,
        p.c,
        p.d,
        preference,
        MOST_ALGORITHMS,
        results,
        count);
  }

  /** Asks heuristics; returns CUBLAS_STATUS_SUCCESS or why they refuse the product. */
  int find(Problem p) {
    return find(
        p, preference(0, 0), new Memory(MOST_ALGORITHMS * RESULT_BYTES), new IntByReference());
  }

  int check(Problem p, Pointer algorithm) {
    return lt(
        "cublasLtMatmulAlgoCheck",
        lt,
        p.operation,
        p.a,
        p.b,
        p.c,
        p.d,
        algorithm,
        new Memory(RESULT_BYTES));
  }

  /** The arguments of a call of cublasLtMatmul. */
  final class Call {
    final Problem problem;
    Object alpha = new FloatByReference(1);
    Object beta = new FloatByReference(0);
    Pointer a;
    Pointer b;
    Pointer c;
    Pointer d;
    Pointer algorithm;
    Pointer workspace;
    long workspaceBytes;
    Pointer stream = work;

    /** Makes a call with memory for everything, and an algorithm without needs. */
    Call(Problem problem) {
      this.problem = problem;
      this.a = take((long) problem.inputs * problem.outputs * bytes(problem.in));
      this.b = take((long) problem.inputs * problem.rows * bytes(problem.in));
      this.d = take((long) problem.outputs * problem.rows * bytes(problem.out));
      this.c = d;
      this.algorithm = find(problem, preference(0, 0)).get(0).algorithm();
    }

    int run() {
      return lt(
          "cublasLtMatmul",
          lt,
          problem.operation,
          alpha,
          a,
          problem.a,
          b,
          problem.b,
          beta,
          c,
          problem.c,
          d,
          problem.d,
          algorithm,
          workspace,
          workspaceBytes,
          stream);
    }

    float[] result() {
      assertEquals(SUCCESS, run());
      return download(d, problem.out, problem.outputs * problem.rows);
    }
  }
}
