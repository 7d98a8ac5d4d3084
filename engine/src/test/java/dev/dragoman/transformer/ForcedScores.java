// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.TestModels;
import dev.dragoman.device.Device;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What given translations cost: the log-probability of each token after those before it, as the
 * search itself computes it in float32. Each step of the search tells what its own choice costs;
 * another word costs more by the difference of their logits.
 */
public final class ForcedScores extends WatchedDevice {
  private final List<Pair> pairs;
  private final List<float[]> scores = new ArrayList<>();
  private int step;

  /**
   * A translation.
   *
   * @param source token ids, the end token last
   * @param target token ids; the end token is one of them where the translation has ended
   */
  public record Pair(int[] source, int[] target) {}

  private ForcedScores(Device device, List<Pair> pairs) {
    super(device);
    this.pairs = pairs;
    pairs.forEach(pair -> scores.add(new float[pair.target().length]));
  }

  /** Returns for each pair the log-probabilities of its target's tokens. */
  public static List<float[]> of(Model model, List<Pair> pairs) {
    Map<Integer, List<Pair>> byLength = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      byLength.computeIfAbsent(pair.target().length, length -> new ArrayList<>()).add(pair);
    }
    Map<Pair, float[]> all = new LinkedHashMap<>();
    try (Device cpu = TestModels.cpu()) {
      Transformer transformer = Transformer.load(model.config(), model.weights(), cpu);
      for (List<Pair> alike : byLength.values()) {
        ForcedScores device = new ForcedScores(cpu, alike);
        new TeacherForcing(transformer, device).run(device.fed(model.config().tokens().start()));
        for (int i = 0; i < alike.size(); i++) {
          all.put(alike.get(i), device.scores.get(i));
        }
      }
    }
    return pairs.stream().map(all::get).toList();
  }

  /** Returns what the decoder reads: the start token, and the target but for its last token. */
  private List<TeacherForcing.Pair> fed(int start) {
    List<TeacherForcing.Pair> fed = new ArrayList<>();
    for (Pair pair : pairs) {
      int[] target = new int[pair.target().length];
      target[0] = start;
      System.arraycopy(pair.target(), 0, target, 1, target.length - 1);
      fed.add(new TeacherForcing.Pair(pair.source(), target));
    }
    return fed;
  }

  @Override
  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
    SlotState state = tokens.state();
    float[] numbers = new float[logits.shape().size()];
    float[] biases = new float[bias.shape().size()];
    float[] sums = new float[state.beams().scores().shape().size()];
    int[] fed = new int[state.beams().tokens().shape().size()];
    device.download(logits, numbers);
    device.download(bias, biases);
    device.upload(sums, state.beams().scores()); // zeros, so that the sums are this step's alone
    device.advance(logits, bias, tokens);
    device.download(state.beams().scores(), sums);
    device.download(state.beams().tokens(), fed);
    for (int slot = 0; slot < pairs.size(); slot++) {
      int chosen = fed[slot * state.rules().maxLength() + step + 1];
      int wanted = pairs.get(slot).target()[step];
      int row = slot * biases.length;
      scores.get(slot)[step] =
          sums[slot]
              + (numbers[row + wanted] + biases[wanted])
              - (numbers[row + chosen] + biases[chosen]);
    }
    step++;
  }

  @Override
  public Device fork() {
    throw new UnsupportedOperationException("one fork is enough here");
  }
}
