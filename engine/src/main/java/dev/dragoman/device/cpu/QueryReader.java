// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.AttentionInputs;

/** Brings queries into a {@link QueryBlock}, with their bias. */
final class QueryReader {
  private final VectorMath math;
  private QueryBlock block = new QueryBlock(1, 1);
  private CpuTensor queries;
  private float[] bias = new float[0];

  QueryReader(VectorMath math) {
    this.math = math;
  }

  /** Queries come from here until the next time. */
  void begin(AttentionInputs inputs) {
    queries = CpuTensor.of(inputs.queries());
    int width = queries.shape().columns();
    if (block.width != width || block.heads != inputs.heads()) {
      block = new QueryBlock(inputs.heads(), width);
      bias = new float[width];
    }
    CpuTensor.of(inputs.queryBias()).readVector(bias);
  }

  /** Reads the queries of {@code count} rows. */
  QueryBlock read(int row, int count) {
    block.count = count;
    for (int i = 0; i < count; i++) {
      queries.read(row + i, block.queries, i * block.width);
      math.add(block.queries, i * block.width, bias, block.width);
    }
    return block;
  }
}
