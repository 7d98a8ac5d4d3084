package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;

/** The residual connection around a sublayer, with its layer normalization (section 3.1). */
sealed interface Residual {

  /** What the sublayer reads: x, or something written to {@code scratch}. */
  Tensor enter(Device device, Tensor x, Tensor scratch);

  /** x ← x and the sublayer's result together. */
  void leave(Device device, Tensor sublayer, Tensor x);

  /** LayerNorm(x + Sublayer(x)), as in the paper. */
  record PostNorm(LayerNorm norm) implements Residual {
    @Override
    public Tensor enter(Device device, Tensor x, Tensor scratch) {
      return x;
    }

    @Override
    public void leave(Device device, Tensor sublayer, Tensor x) {
      device.addNorm(sublayer, x, norm, x);
    }
  }

  /** x + Sublayer(LayerNorm(x)). */
  record PreNorm(LayerNorm norm) implements Residual {
    @Override
    public Tensor enter(Device device, Tensor x, Tensor scratch) {
      device.norm(x, norm, scratch);
      return scratch;
    }

    @Override
    public void leave(Device device, Tensor sublayer, Tensor x) {
      device.add(sublayer, x, x);
    }
  }
}
