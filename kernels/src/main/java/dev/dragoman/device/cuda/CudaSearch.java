package dev.dragoman.device.cuda;

import dev.dragoman.device.Binding;
import dev.dragoman.device.CandidateWords;
import dev.dragoman.device.DataType;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/** The slots' start and one step of the search. */
final class CudaSearch {
  private static final int MAX_BEAM = 64; // as in search.cu
  private static final int MAX_VOCABULARY = 1 << 24;
  private static final int LOGITS_CHUNK = 4; // as in best_tokens.cu
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
  private record Candidates(CudaTensor logProbabilities, CudaTensor tokens, CudaTensor found) {

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
    if (rules.beamSize() > MAX_BEAM || logits.width() >= MAX_VOCABULARY) {
      throw new IllegalArgumentException(
          String.format(
              "advance: beam %d over %d words; the kernels take beams to %d and less than %d words",
              rules.beamSize(), logits.width(), MAX_BEAM, MAX_VOCABULARY));
    }
    Candidates candidates = Candidates.in(execution, tokens.count(), 2 * rules.beamSize());
    if (tokens.state().candidates().isPresent()) {
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
    int best = 2 * rules.beamSize();
    int threads = best <= 32 ? 256 : 1024;
    execution.launch(
        "best_tokens_f32",
        Grid.of(tokens.count(), threads).withShared(keyBytes(logits.width(), threads, best)),
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
    CandidateWords lists = state.candidates().orElseThrow();
    int best = 2 * rules.beamSize();
    int threads = best <= 32 ? 256 : 1024;
    int most = CudaTensor.of(lists.words()).width();
    execution.launch(
        "best_listed_tokens_f32",
        Grid.of(tokens.count(), threads).withShared(keyBytes(most, threads, best)),
        candidates.logProbabilities(),
        candidates.tokens(),
        candidates.found(),
        logits,
        logits.stride(),
        bias,
        CudaTensor.of(lists.words()),
        most,
        CudaTensor.of(lists.counts()),
        CudaTensor.of(tokens.rows()),
        CudaTensor.of(state.steps()),
        CudaTensor.of(state.status()),
        rules.beamSize(),
        rules.minLength(),
        rules.endToken(),
        rules.firstToken());
  }

  /**
   * One key for each thread, and once more, or as many as {@code best} threads can have seen
   * logits.
   */
  private static int keyBytes(int vocabulary, int threads, int best) {
    int round = threads * LOGITS_CHUNK;
    int ofThread = (vocabulary + round - 1) / round * LOGITS_CHUNK;
    return Long.BYTES * (threads + Math.max(threads, best * ofThread));
  }

  private void advance(TokenRows.Decoding tokens, Candidates candidates) {
    SlotState state = tokens.state();
    SearchRules rules = state.rules();
    SlotState.Hypotheses hypotheses = state.hypotheses();
    int beam = rules.beamSize();
    int shared = Math.max(Long.BYTES * 2 * beam * beam, Integer.BYTES * ADVANCE_THREADS * beam);
    execution.launch(
        "advance_f32",
        Grid.of(tokens.count(), ADVANCE_THREADS).withShared(shared),
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
        beam,
        rules.maxLength(),
        rules.capacity(),
        rules.hypotheses(),
        rules.earlyExit(),
        rules.endToken());
  }
}
