package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of each lane of a vector. */
final class SimdFunctions {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

  /** Adding 1.5·2²³ rounds to an integer and leaves it in the low bits. */
  private static final float ROUNDING = 0x1.8p23f;

  /** Beyond this a sigmoid is 0 or 1 in float32, and its exponential still a normal number. */
  private static final float SATURATED = 80;

  private static final float SQRT_HALF = 0.70710678f;
  private static final float TWO_SQRT_TWO_OVER_PI = 1.5957691f;

  private SimdFunctions() {}

  /**
   * e^x for x ≤ 88: 2ⁿ·e^r with n = round(x/ln 2) and |r| ≤ ln 2 / 2, e^r by its Taylor polynomial
   * of degree 6 (relative error below 2e-7). What is too small for a normal float becomes 0; NaN
   * stays NaN.
   */
  static FloatVector exp(FloatVector x) {
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

  /** max(0, x). */
  static FloatVector relu(FloatVector x) {
    return x.max(0);
  }

  /** x·sigmoid(x). */
  static FloatVector swish(FloatVector x) {
    return x.div(onePlusExpOfMinus(x));
  }

  /** x·Φ(x). */
  static FloatVector gelu(FloatVector x) {
    return x.mul(normalDistribution(x));
  }

  /** x·sigmoid(2·√(2/π)·(x + 0.044715·x³)), which is the same as with a tangent. */
  static FloatVector geluTanh(FloatVector x) {
    FloatVector inner = x.mul(x).fma(constant(0.044715f), constant(1f)).mul(x);
    return x.div(onePlusExpOfMinus(inner.mul(TWO_SQRT_TWO_OVER_PI)));
  }

  /** 1 + e^-x, the inverse of a sigmoid, and a finite number where x is. */
  private static FloatVector onePlusExpOfMinus(FloatVector x) {
    FloatVector minus = x.neg();
    return exp(minus.blend(SATURATED, minus.compare(VectorOperators.GT, SATURATED))).add(1);
  }

  /**
   * Φ(x) = (1 + erf(x/√2))/2, by formula 7.1.26 of Abramowitz and Stegun, "Handbook of Mathematical
   * Functions", for the half of the curve below zero (absolute error below 1e-7).
   */
  private static FloatVector normalDistribution(FloatVector x) {
    FloatVector z = x.abs().mul(SQRT_HALF);
    FloatVector t = constant(1f).div(z.fma(constant(0.3275911f), constant(1f)));
    FloatVector p = constant(1.061405429f);
    p = p.fma(t, constant(-1.453152027f));
    p = p.fma(t, constant(1.421413741f));
    p = p.fma(t, constant(-0.284496736f));
    p = p.fma(t, constant(0.254829592f));
    FloatVector below = p.mul(t).mul(exp(z.mul(z).neg())).mul(0.5f);
    return below.blend(constant(1f).sub(below), x.compare(VectorOperators.GT, 0));
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(LANES, value);
  }
}
