// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;

/** The residual connection around a sublayer, with its layer normalization (section 3.1). */
sealed interface Residual {

  /** Returns what the sublayer reads: x, or something written to {@code scratch}. */
  Tensor enter(Device device, Tensor x, Tensor scratch);

  /** Puts x and the sublayer's result together into x. */
  void leave(Device device, Tensor sublayer, Tensor x);

  /**
   * LayerNorm(x + Sublayer(x)), as in the paper.
   *
   * @param bias of the sublayer's last product, which leaves it to the sum
   */
  record PostNorm(LayerNorm norm, Tensor bias) implements Residual {
    @Override
    public Tensor enter(Device device, Tensor x, Tensor scratch) {
      return x;
    }

    @Override
    public void leave(Device device, Tensor sublayer, Tensor x) {
      device.addNorm(sublayer, bias, x, norm, x);
    }
  }

  /**
   * x + Sublayer(LayerNorm(x)).
   *
   * @param bias as in {@link PostNorm}
   */
  record PreNorm(LayerNorm norm, Tensor bias) implements Residual {
    @Override
    public Tensor enter(Device device, Tensor x, Tensor scratch) {
      device.norm(x, norm, scratch);
      return scratch;
    }

    @Override
    public void leave(Device device, Tensor sublayer, Tensor x) {
      device.add(sublayer, bias, x, x);
    }
  }
}
