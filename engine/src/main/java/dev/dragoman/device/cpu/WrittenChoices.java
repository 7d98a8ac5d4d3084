package dev.dragoman.device.cpu;

import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.Optional;

/** What rows may choose, from logits that have been written down. */
final class WrittenChoices implements BeamStep.Choices {
  private final VectorMath math;
  private final BeamStep step;
  private final SearchRules rules;
  private final Optional<Candidates> listed;
  private final RowChoice choice;
  private float[] scores = new float[0];
  private float[] biases = new float[0];
  private CpuTensor logits;
  private int[] rows;

  WrittenChoices(VectorMath math, SlotState state) {
    this.math = math;
    this.step = new BeamStep(state);
    this.rules = state.rules();
    this.listed = state.candidates().map(Candidates::new);
    this.choice = new RowChoice(2 * rules.beamSize());
  }

  /** Takes the slots of these rows one step on. */
  void advance(CpuTensor logits, CpuTensor bias, TokenRows.Decoding tokens) {
    int vocabulary = logits.shape().columns();
    if (scores.length < vocabulary) {
      scores = new float[vocabulary];
      biases = new float[vocabulary];
    }
    bias.readVector(biases);
    this.logits = logits;
    this.rows = CpuTensor.ints(tokens.rows());
    step.advance(tokens, this, vocabulary);
  }

  @Override
  public RowChoice ofRow(int row) {
    int slot = rows[row] / rules.beamSize();
    int count;
    int end;
    if (listed.isPresent()) {
      Candidates words = listed.get();
      count = words.count(slot);
      end = words.indexOf(slot, rules.endToken());
      logits.gather(row, words, slot, scores);
      words.add(slot, biases, scores);
      choice.begin(words.words(), words.first(slot));
    } else {
      count = logits.shape().columns();
      end = rules.endToken();
      logits.read(row, scores, 0);
      math.add(scores, 0, biases, count);
      choice.begin();
    }
    if (end >= 0 && step.isTooEarlyToEnd(slot)) {
      scores[end] = Float.NEGATIVE_INFINITY;
    }
    choice.offer(math, scores, count, 0);
    return choice;
  }
}
