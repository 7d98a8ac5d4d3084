// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** e^x of each lane of a vector. */
final class SimdExponential {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

  /** Adding 1.5·2²³ rounds to an integer and leaves it in the low bits. */
  static final float ROUNDING = 0x1.8p23f;

  private SimdExponential() {}

  /**
   * Returns e^x for x ≤ 88, computed as 2ⁿ·e^r with n = round(x/ln 2) and |r| ≤ ln 2 / 2, e^r by
   * its Taylor polynomial of degree 6 (relative error below 2e-7). What is too small for a normal
   * float becomes 0; NaN stays NaN.
   */
  static FloatVector of(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, -87.3f);
    FloatVector shifted = x.fma(constant(1.442695f), constant(ROUNDING));
    FloatVector n = shifted.sub(ROUNDING);
    FloatVector r = n.fma(constant(-0.693359375f), x);
    r = n.fma(constant(2.121944e-4f), r);
    FloatVector p = constant(1 / 720f);
    p = p.fma(r, constant(1 / 120f));
    p = p.fma(r, constant(1 / 24f));
    p = p.fma(r, constant(1 / 6f));
    p = p.fma(r, constant(0.5f));
    p = p.fma(r, constant(1f));
    p = p.fma(r, constant(1f));
    var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return p.reinterpretAsInts().add(exponent).reinterpretAsFloats().blend(0f, tiny);
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(LANES, value);
  }
}
