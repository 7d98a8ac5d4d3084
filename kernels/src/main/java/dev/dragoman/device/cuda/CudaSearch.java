package dev.dragoman.device.cuda;

import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotShortlists;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/** The slots' start and one step of the search. */
final class CudaSearch {
  private static final int MAX_BEAM = 64; // as in search.cu
  private static final int ADVANCE_THREADS = 128;

  private final Execution execution;

  CudaSearch(Execution execution) {
    this.execution = execution;
  }

  /** Makes slots ready for new sentences. */
  void bind(Binding binding, int startToken) {
    SlotState state = binding.state();
    CudaTensor slots = CudaTensor.of(binding.slots());
    execution.launch(
        "start_slots_i32",
        Grid.of(slots.count(), 64),
        slots,
        CudaTensor.of(binding.tokens().offsets()),
        CudaTensor.of(binding.starts()),
        CudaTensor.of(state.tokens()),
        CudaTensor.of(state.ancestors()),
        CudaTensor.of(state.scores()),
        CudaTensor.of(state.steps()),
        CudaTensor.of(state.sourceStarts()),
        CudaTensor.of(state.sourceLengths()),
        CudaTensor.of(state.status()),
        CudaTensor.of(state.bestEnded()),
        CudaTensor.of(state.hypotheses().counts()),
        state.rules().beamSize(),
        state.rules().maxLength(),
        startToken);
  }

  /**
   * What goes from the first kernel of a step to the second, in the workspace.
   *
   * @param logProbabilities rows × 2·beam, F32
   * @param tokens rows × 2·beam, I32
   * @param found rows × 1, I32
   */
  record Candidates(CudaTensor logProbabilities, CudaTensor tokens, CudaTensor found) {

    static Candidates in(Execution execution, int rows, int best) {
      long numbers = (long) rows * best;
      DevicePointer place = execution.workspace((2 * numbers + rows) * Integer.BYTES);
      Shape shape = new Shape(rows, best);
      return new Candidates(
          CudaTensor.contiguous(place, DataType.F32, shape),
          CudaTensor.contiguous(place.plus(numbers * Integer.BYTES), DataType.I32, shape),
          CudaTensor.contiguous(
              place.plus(2 * numbers * Integer.BYTES), DataType.I32, Shape.vector(rows)));
    }
  }

  void advance(CudaTensor logits, CudaTensor bias, TokenRows.Decoding tokens) {
    SearchRules rules = tokens.state().rules();
    Shapes.check(
        logits.count() == tokens.count()
            && logits.type() == DataType.F32
            && bias.count() == logits.width()
            && bias.type() == DataType.F32,
        "advance",
        logits,
        bias,
        CudaTensor.of(tokens.rows()));
    if (rules.beamSize() > MAX_BEAM) {
      throw new IllegalArgumentException(
          "advance: beam " + rules.beamSize() + "; the kernels take beams to " + MAX_BEAM);
    }
    Candidates candidates = Candidates.in(execution, tokens.count(), 2 * rules.beamSize());
    if (tokens.state().shortlists().isPresent()) {
      findBestListedTokens(logits, bias, tokens, candidates);
    } else {
      findBestTokens(logits, bias, tokens, candidates);
    }
    advance(tokens, candidates);
  }

  private void findBestTokens(
      CudaTensor logits, CudaTensor bias, TokenRows.Decoding tokens, Candidates candidates) {
    SlotState state = tokens.state();
    SearchRules rules = state.rules();
    execution.launch(
        "best_tokens_f32",
        bestGrid(tokens.count(), rules.beamSize()),
        candidates.logProbabilities(),
        candidates.tokens(),
        candidates.found(),
        logits,
        logits.stride(),
        bias,
        logits.width(),
        CudaTensor.of(tokens.rows()),
        CudaTensor.of(state.steps()),
        CudaTensor.of(state.status()),
        rules.beamSize(),
        rules.minLength(),
        rules.endToken(),
        rules.firstToken());
  }

  /** The same where each slot has words of its own to choose from. */
  private void findBestListedTokens(
      CudaTensor logits, CudaTensor bias, TokenRows.Decoding tokens, Candidates candidates) {
    SlotState state = tokens.state();
    SearchRules rules = state.rules();
    SlotShortlists lists = state.shortlists().orElseThrow();
    execution.launch(
        "best_listed_tokens_f32",
        bestGrid(tokens.count(), rules.beamSize()),
        candidates.logProbabilities(),
        candidates.tokens(),
        candidates.found(),
        logits,
        logits.stride(),
        bias,
        CudaTensor.of(lists.words()),
        CudaTensor.of(lists.words()).width(),
        CudaTensor.of(lists.counts()),
        CudaTensor.of(tokens.rows()),
        CudaTensor.of(state.steps()),
        CudaTensor.of(state.status()),
        rules.beamSize(),
        rules.minLength(),
        rules.endToken(),
        rules.firstToken());
  }

  /** For best_tokens and best_listed_tokens: two keys for each thread. */
  static Grid bestGrid(int rows, int beam) {
    int threads = 2 * beam <= 32 ? 256 : 1024;
    return Grid.of(rows, threads).withShared(2 * Long.BYTES * threads);
  }

  /** For advance: the scores of a slot's candidates, later a position of each beam's history. */
  static Grid advanceGrid(int rows, int beam) {
    int shared = Math.max(Float.BYTES * 2 * beam * beam, Integer.BYTES * ADVANCE_THREADS * beam);
    return Grid.of(rows, ADVANCE_THREADS).withShared(shared);
  }

  private void advance(TokenRows.Decoding tokens, Candidates candidates) {
    SlotState state = tokens.state();
    SearchRules rules = state.rules();
    SlotState.Hypotheses hypotheses = state.hypotheses();
    execution.launch(
        "advance_f32",
        advanceGrid(tokens.count(), rules.beamSize()),
        candidates.logProbabilities(),
        candidates.tokens(),
        candidates.found(),
        CudaTensor.of(tokens.rows()),
        tokens.count(),
        CudaTensor.of(state.tokens()),
        CudaTensor.of(state.ancestors()),
        CudaTensor.of(state.scores()),
        CudaTensor.of(state.steps()),
        CudaTensor.of(state.status()),
        CudaTensor.of(state.bestEnded()),
        CudaTensor.of(hypotheses.tokens()),
        CudaTensor.of(hypotheses.lengths()),
        CudaTensor.of(hypotheses.ended()),
        state
            .attention()
            .<Object>map(history -> CudaTensor.of(history.rows()))
            .orElseGet(DevicePointer::new),
        CudaTensor.of(hypotheses.scores()),
        CudaTensor.of(hypotheses.counts()),
        rules.beamSize(),
        rules.maxLength(),
        rules.capacity(),
        rules.hypotheses(),
        rules.earlyExit(),
        rules.endToken());
  }
}
