// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.SearchRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The search for one sentence, written with lists and in float64 straight from the rules: what the
 * steps of a device must come to. It keeps whole token lists instead of tables of ancestors.
 */
public final class ReferenceSearch {
  private final SearchRules rules;

  /** Tokens so far and the sum of their log-probabilities. */
  public record Beam(List<Integer> tokens, double score) {}

  private record Candidate(int index, Beam beam, int token, double score) {}

  /** Searches by these rules. */
  public ReferenceSearch(SearchRules rules) {
    this.rules = rules;
  }

  /**
   * Searches to the end.
   *
   * @param logits of the next token, given the tokens so far
   * @return what was registered, in that order
   */
  public List<Beam> search(Function<List<Integer>, double[]> logits) {
    List<Beam> registered = new ArrayList<>();
    List<Beam> beams = List.of(new Beam(List.of(), 0));
    boolean bestEnded = false;
    for (int step = 0; ; step++) {
      List<Candidate> candidates = candidates(beams, step, logits);
      boolean last = step + 1 == rules.maxLength();
      int k = rules.beamSize();
      List<Candidate> spare = new ArrayList<>();
      for (Candidate candidate :
          candidates.subList(Math.min(k, candidates.size()), candidates.size())) {
        if (candidate.token() != rules.endToken()) {
          spare.add(candidate);
        }
      }
      List<Beam> next = new ArrayList<>();
      for (int rank = 0; rank < Math.min(k, candidates.size()); rank++) {
        Candidate candidate = candidates.get(rank);
        boolean ended = candidate.token() == rules.endToken();
        if (ended || last) {
          bestEnded |= rank == 0;
          registered.add(
              ended ? new Beam(candidate.beam().tokens(), candidate.score()) : extend(candidate));
          if (!spare.isEmpty()) {
            next.add(extend(spare.remove(0)));
          }
        } else {
          next.add(extend(candidate));
        }
      }
      if (last || rules.isFinished(registered.size(), bestEnded)) {
        return registered;
      }
      beams = next;
    }
  }

  private List<Candidate> candidates(
      List<Beam> beams, int step, Function<List<Integer>, double[]> logits) {
    List<Candidate> candidates = new ArrayList<>();
    int index = 0;
    if (rules.isForced(step)) {
      int token = rules.firstToken();
      return List.of(new Candidate(token, beams.get(0), token, 0));
    }
    for (Beam beam : beams) {
      double[] row = logits.apply(beam.tokens()).clone();
      if (step < rules.minLength()) {
        row[rules.endToken()] = Double.NEGATIVE_INFINITY;
      }
      double sum = 0;
      for (double logit : row) {
        sum += Math.exp(logit);
      }
      for (int token = 0; token < row.length; token++, index++) {
        double score = beam.score() + row[token] - Math.log(sum);
        if (score > Double.NEGATIVE_INFINITY) {
          candidates.add(new Candidate(index, beam, token, score));
        }
      }
    }
    candidates.sort(
        Comparator.comparingDouble(Candidate::score).reversed().thenComparingInt(Candidate::index));
    return candidates.subList(0, Math.min(2 * rules.beamSize(), candidates.size()));
  }

  private static Beam extend(Candidate candidate) {
    List<Integer> tokens = new ArrayList<>(candidate.beam().tokens());
    tokens.add(candidate.token());
    return new Beam(tokens, candidate.score());
  }
}
