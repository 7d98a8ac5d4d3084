// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/** Token embedding · scale + position ("Attention Is All You Need", sections 3.4 and 3.5). */
final class Embedding {
  private final VectorMath math;
  private float[] token = new float[0];
  private float[] position = new float[0];

  Embedding(VectorMath math) {
    this.math = math;
  }

  void embed(TokenRows tokens, EmbeddingTable table, CpuTensor out) {
    int width = out.shape().columns();
    if (token.length < width) {
      token = new float[width];
      position = new float[width];
    }
    for (int row = 0; row < tokens.count(); row++) {
      if (tokens instanceof TokenRows.Packed packed) {
        load(table, CpuTensor.ints(packed.ids())[row], CpuTensor.ints(packed.positions())[row]);
      } else if (tokens instanceof TokenRows.Decoding decoding) {
        SlotState state = decoding.state();
        int beam = CpuTensor.ints(decoding.rows())[row];
        int step = CpuTensor.ints(state.progress().steps())[beam / state.rules().beamSize()];
        load(
            table,
            CpuTensor.ints(state.beams().tokens())[beam * state.rules().maxLength() + step],
            step);
      }
      math.scaleAdd(token, table.scale(), position, width);
      out.write(row, token, 0);
    }
  }

  private void load(EmbeddingTable table, int id, int at) {
    CpuTensor.of(table.tokens()).read(id, token, 0);
    CpuTensor.of(table.positions()).read(at, position, 0);
  }
}
