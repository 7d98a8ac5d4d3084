// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Activation;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The operations of a {@link dev.dragoman.device.Device} in float64 on Commons Math, as the paper
 * writes them.
 */
public final class Reference {
  private static final NormalDistribution NORMAL = new NormalDistribution();

  private Reference() {}

  /** Returns x·Wᵀ + b. */
  public static RealMatrix linear(RealMatrix x, RealMatrix weight, RealVector bias) {
    return plus(x.multiply(weight.transpose()), bias);
  }

  /** Returns x + b, the bias on each row. */
  public static RealMatrix plus(RealMatrix x, RealVector bias) {
    RealMatrix sum = x.copy();
    for (int row = 0; row < sum.getRowDimension(); row++) {
      sum.setRowVector(row, sum.getRowVector(row).add(bias));
    }
    return sum;
  }

  /** Returns the function between the two products of a feed-forward layer. */
  public static DoubleUnaryOperator activation(Activation activation) {
    return switch (activation) {
      case NONE -> x -> x;
      case RELU -> x -> Math.max(0, x);
      case SWISH -> x -> x / (1 + Math.exp(-x));
      case GELU -> x -> x * NORMAL.cumulativeProbability(x);
      case GELU_TANH ->
          x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    };
  }

  /** Returns act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂. */
  public static RealMatrix feedForward(
      RealMatrix x,
      RealMatrix weight1,
      RealVector bias1,
      Activation activation,
      RealMatrix weight2,
      RealVector bias2) {
    RealMatrix hidden = map(linear(x, weight1, bias1), activation(activation));
    return linear(hidden, weight2, bias2);
  }

  /** Puts each number of {@code x} through {@code function}. */
  public static RealMatrix map(RealMatrix x, DoubleUnaryOperator function) {
    RealMatrix y = x.copy();
    for (int row = 0; row < y.getRowDimension(); row++) {
      y.setRowVector(row, y.getRowVector(row).map(function::applyAsDouble));
    }
    return y;
  }

  /** Returns x + bias + y, the bias on each row. */
  public static RealMatrix sum(RealMatrix x, RealVector bias, RealMatrix y) {
    return plus(x.add(y), bias);
  }

  /** Returns (x - mean) / sqrt(variance + epsilon) · gain + bias, for each row. */
  public static RealMatrix layerNorm(
      RealMatrix x, RealVector gain, RealVector bias, double epsilon) {
    RealMatrix y = x.copy();
    for (int row = 0; row < y.getRowDimension(); row++) {
      double[] numbers = y.getRow(row);
      double mean = StatUtils.mean(numbers);
      double deviation = Math.sqrt(StatUtils.populationVariance(numbers, mean) + epsilon);
      RealVector normal = y.getRowVector(row).mapSubtract(mean).mapDivide(deviation);
      y.setRowVector(row, normal.ebeMultiply(gain).add(bias));
    }
    return y;
  }

  /**
   * Returns softmax(QKᵀ/√d_k)·V for each head and query.
   *
   * @param visible for each query, the rows of its keys and values
   */
  public static RealMatrix attention(
      RealMatrix queries, RealMatrix keys, RealMatrix values, List<int[]> visible, int heads) {
    int width = queries.getColumnDimension() / heads;
    RealMatrix out =
        new Array2DRowRealMatrix(queries.getRowDimension(), queries.getColumnDimension());
    for (int row = 0; row < queries.getRowDimension(); row++) {
      int[] rows = visible.get(row);
      for (int head = 0; head < heads && rows.length > 0; head++) {
        int[] columns = range(head * width, width);
        RealVector query = queries.getRowVector(row).getSubVector(head * width, width);
        RealVector weights = attentionWeights(query, keys.getSubMatrix(rows, columns));
        out.setSubMatrix(
            new double[][] {values.getSubMatrix(rows, columns).preMultiply(weights).toArray()},
            row,
            head * width);
      }
    }
    return out;
  }

  /** Returns softmax(K·q/√d_k) of one head. */
  public static RealVector attentionWeights(RealVector query, RealMatrix keys) {
    RealVector scores = keys.operate(query).mapDivide(Math.sqrt(query.getDimension()));
    RealVector weights = scores.mapSubtract(scores.getMaxValue()).map(Math::exp);
    return weights.mapDivideToSelf(weights.getL1Norm());
  }

  /** Returns the first {@code rows}·{@code columns} numbers as a matrix. */
  public static RealMatrix matrix(float[] numbers, int rows, int columns) {
    // All sizes are of one kind: matrices of two kinds multiply each other entry by entry.
    RealMatrix matrix = new BlockRealMatrix(rows, columns);
    for (int row = 0; row < rows; row++) {
      double[] entries = new double[columns];
      for (int column = 0; column < columns; column++) {
        entries[column] = numbers[row * columns + column];
      }
      matrix.setRow(row, entries);
    }
    return matrix;
  }

  /** Returns the numbers as a vector. */
  public static RealVector vector(float[] numbers) {
    return matrix(numbers, numbers.length, 1).getColumnVector(0);
  }

  /** Returns first, first + 1, … */
  public static int[] range(int first, int count) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = first + i;
    }
    return numbers;
  }
}
