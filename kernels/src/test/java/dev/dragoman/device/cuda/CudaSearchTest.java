// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.device.cuda.launch.Candidates;
import dev.dragoman.device.cuda.launch.Pointer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernels of a search step one by one, against sorted lists. The cases have the largest
 * vocabularies and beams, and logits whose best ones lie in the parts of few threads.
 */
class CudaSearchTest {
  private static final int END = 0;
  private static final int LENGTH = 4;

  private final Random random = new Random(5);
  private CudaDevice device;
  private Execution execution;

  @BeforeEach
  void open() {
    CudaDevices.behave(Timing.DEFERRED, Order.RANDOM);
    device = CudaDevices.open(DataType.F32, Products.OWN);
    execution = new Execution(CudaDeviceProvider.openGpu(0));
  }

  @AfterEach
  void close() {
    execution.close();
    device.close();
    if (EmulatedDriver.isEmulated()) {
      assertTrue(EmulatedDriver.memoryIsWhole(), "a kernel wrote beside a buffer");
    }
  }

  /** The places of a row's best logits. */
  private enum Logits {
    RANDOM,
    EQUAL,
    /** All good ones are among those that one thread of a block reads. */
    OF_ONE_THREAD,
    /**
     * All good ones are among those that one thread of a block reads, and all others are -infinity.
     */
    ONLY_OF_ONE_THREAD,
    /** The good ones belong to several threads, which are fewer than the best tokens to find. */
    OF_FIVE_THREADS,
    FIVE,
    NOT_A_NUMBER,
    INFINITE,
    NONE
  }

  @ParameterizedTest
  @CsvSource({
    "1,8001",
    "4,58101",
    "7,256206",
    "16,256206",
    "17,8001",
    "32,256206",
    "56,256206",
    "64,256206",
    "64,200"
  })
  void theBestTokensOfAnyLogits(int beam, int vocabulary) {
    float[] bias = new float[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      bias[token] = random.nextInt(8) * 0.25f;
    }
    float[][] logits = new float[Logits.values().length][];
    for (Logits kind : Logits.values()) {
      logits[kind.ordinal()] = logits(kind, CudaSearch.bestThreads(beam), vocabulary);
      for (int token = 0; kind != Logits.RANDOM && token < vocabulary; token++) {
        logits[kind.ordinal()][token] -= bias[token];
      }
    }
    SlotState state = bound(logits.length, new SearchRules(beam, beam, 0, 1, LENGTH, END));
    advance(state, logits, bias);
    check(beam, logits, bias, IntStream.range(0, vocabulary).toArray());
  }

  @ParameterizedTest
  @CsvSource({"4,58101", "16,256206", "64,256206"})
  void theBestTokensOfAnyShortlist(int beam, int vocabulary) {
    int[] words = IntStream.range(0, vocabulary / 3).map(i -> 3 * i).toArray();
    float[][] logits = new float[Logits.values().length][vocabulary];
    for (Logits kind : Logits.values()) {
      float[] ofWords = logits(kind, CudaSearch.bestThreads(beam), words.length);
      Arrays.fill(logits[kind.ordinal()], Float.NaN);
      for (int i = 0; i < words.length; i++) {
        logits[kind.ordinal()][words[i]] = ofWords[i];
      }
    }
    SlotState state =
        bound(logits.length, new SearchRules(beam, beam, 0, 1, LENGTH, END))
            .withShortlists(device, words.length);
    int[] shortlists = new int[logits.length * words.length];
    int[] counts = new int[logits.length];
    for (int slot = 0; slot < logits.length; slot++) {
      System.arraycopy(words, 0, shortlists, slot * words.length, words.length);
      counts[slot] = words.length;
    }
    device.upload(shortlists, state.shortlists().orElseThrow().words());
    device.upload(counts, state.shortlists().orElseThrow().counts());
    float[] bias = new float[vocabulary];
    advance(state, logits, bias);
    check(beam, logits, bias, words);
  }

  /**
   * Returns logits of all tokens, or of those of a shortlist, placed for a block of so many
   * threads.
   */
  private float[] logits(Logits kind, int threads, int count) {
    float[] logits = new float[count];
    for (int i = 0; i < count; i++) {
      int thread = i / 4 % threads; // each reads four neighbours
      logits[i] =
          switch (kind) {
            case RANDOM -> (float) random.nextGaussian();
            case EQUAL -> 1;
            case OF_ONE_THREAD -> thread == 3 ? 50 + random.nextInt(100) * 0.25f : 0;
            case ONLY_OF_ONE_THREAD ->
                thread == 3 ? random.nextInt(100) * 0.25f : Float.NEGATIVE_INFINITY;
            case OF_FIVE_THREADS -> thread / 5 == 1 ? 50 + random.nextInt(100) * 0.25f : 0;
            case FIVE -> i > 7 && i < 13 ? i : Float.NEGATIVE_INFINITY;
            case NOT_A_NUMBER -> i == count / 2 ? Float.NaN : 0;
            case INFINITE -> i == count / 2 ? Float.POSITIVE_INFINITY : 0;
            case NONE -> Float.NEGATIVE_INFINITY;
          };
    }
    return logits;
  }

  /** Advances the slots; the first row of each slot gets the logits that stand there. */
  private void advance(SlotState state, float[][] logits, float[] bias) {
    int beam = state.rules().beamSize();
    int[] rows = IntStream.range(0, logits.length).map(slot -> slot * beam).toArray();
    advance(state, rows, logits, bias);
  }

  private void advance(SlotState state, int[] rows, float[][] logits, float[] bias) {
    Tensor all = device.allocate(DataType.F32, new Shape(rows.length, bias.length));
    for (int row = 0; row < rows.length; row++) {
      device.upload(logits[row], all.rows(row, 1));
    }
    Tensor biases = device.allocate(DataType.F32, Shape.vector(bias.length));
    device.upload(bias, biases);
    TokenRows.Decoding tokens = new TokenRows.Decoding(upload(rows), state);
    device.synchronize();
    new CudaSearch(execution).advance(CudaTensor.of(all), CudaTensor.of(biases), tokens);
    execution.synchronize();
  }

  private SlotState bound(int slots, SearchRules rules) {
    SlotState state = SlotState.allocate(device, slots, slots, rules);
    int[] numbers = IntStream.range(0, slots).toArray();
    TokenRows.Packed sources =
        new TokenRows.Packed(
            upload(new int[slots]),
            upload(new int[slots]),
            upload(IntStream.rangeClosed(0, slots).toArray()));
    device.bind(new Binding(sources, upload(numbers), upload(numbers), state), 1);
    return state;
  }

  private Tensor upload(int[] numbers) {
    Tensor tensor = device.allocate(DataType.I32, Shape.vector(numbers.length));
    device.upload(numbers, tensor);
    return tensor;
  }

  /** The results of the first kernel. */
  private record Found(float[] logProbabilities, int[] tokens, int[] counts) {}

  private Found found(int rows, int beam) {
    Candidates candidates = new CudaSearch(execution).candidates(rows, 2 * beam);
    Found found = new Found(new float[2 * beam * rows], new int[2 * beam * rows], new int[rows]);
    CudaCopies copies = new CudaCopies(execution);
    copies.download(tensor(candidates.logProbabilities()), found.logProbabilities());
    copies.download(tensor(candidates.candidateTokens()), found.tokens());
    copies.download(tensor(candidates.found()), found.counts());
    return found;
  }

  private static CudaTensor tensor(Pointer pointer) {
    return (CudaTensor) pointer.tensor();
  }

  private void check(int beam, float[][] logits, float[] bias, int[] words) {
    Found found = found(logits.length, beam);
    for (Logits kind : Logits.values()) {
      int row = kind.ordinal();
      float[] sums = new float[bias.length];
      double total = 0;
      for (int word : words) {
        sums[word] = word == END ? Float.NEGATIVE_INFINITY : logits[row][word] + bias[word];
        total += Math.exp(sums[word]);
      }
      if (!(total > 0) || Double.isInfinite(total)) {
        assertEquals(-1, found.counts()[row], kind + ": not finite");
        continue;
      }
      int[] best =
          IntStream.of(words)
              .filter(word -> sums[word] > Float.NEGATIVE_INFINITY)
              .boxed()
              .sorted(Comparator.comparing((Integer word) -> -sums[word]).thenComparing(w -> w))
              .limit(2L * beam)
              .mapToInt(Integer::intValue)
              .toArray();
      assertEquals(best.length, found.counts()[row], kind + ": how many");
      for (int rank = 0; rank < best.length; rank++) {
        String where = kind + ", rank " + rank;
        int at = row * 2 * beam + rank;
        assertEquals(best[rank], found.tokens()[at], where);
        double expected = sums[best[rank]] - Math.log(total);
        assertEquals(expected, found.logProbabilities()[at], 2e-4, where);
      }
    }
  }

  private record Candidate(float score, int beam, int token) {}

  /**
   * The logits have few different values: many candidates have equal scores, within a beam and
   * among beams.
   */
  @ParameterizedTest
  @CsvSource({"1,50,3", "5,50,1", "16,40,2", "33,1000,4", "64,207,1", "64,300,3"})
  void theBestOfAllBeams(int beam, int vocabulary, int different) {
    SearchRules rules = new SearchRules(beam, beam, 0, LENGTH + 1, LENGTH, END);
    SlotState state = bound(1, rules);
    float[] bias = new float[vocabulary];
    advance(state, new int[] {0}, coarse(1, vocabulary, different), bias);
    for (int step = 1; step + 1 < LENGTH; step++) {
      float[] before = new float[beam];
      device.download(state.beams().scores(), before);
      int[] rows = IntStream.range(0, beam).toArray();
      advance(state, rows, coarse(beam, vocabulary, different), bias);
      List<Candidate> expected = bestOf(before, found(beam, beam)).subList(0, beam);
      float[] scores = new float[beam];
      int[] tokens = new int[beam * LENGTH];
      int[] ancestors = new int[beam * LENGTH];
      device.download(state.beams().scores(), scores);
      device.download(state.beams().tokens(), tokens);
      device.download(state.beams().ancestors(), ancestors);
      for (int b = 0; b < beam; b++) {
        int at = b * LENGTH + step;
        Candidate actual = new Candidate(scores[b], ancestors[at], tokens[at + 1]);
        assertEquals(expected.get(b), actual, "step " + step + ", beam " + b);
      }
    }
    int[] steps = new int[1];
    device.download(state.progress().steps(), steps);
    assertArrayEquals(new int[] {LENGTH - 1}, steps);
  }

  private float[][] coarse(int rows, int vocabulary, int different) {
    float[][] logits = new float[rows][vocabulary];
    for (float[] row : logits) {
      for (int token = 0; token < vocabulary; token++) {
        row[token] = random.nextInt(different);
      }
    }
    return logits;
  }

  /** Returns the best candidates, sorted by score, then by beam, then by token. */
  private static List<Candidate> bestOf(float[] scores, Found found) {
    int best = 2 * scores.length;
    return IntStream.range(0, scores.length * best)
        .filter(i -> i % best < found.counts()[i / best])
        .mapToObj(
            i ->
                new Candidate(
                    scores[i / best] + found.logProbabilities()[i], i / best, found.tokens()[i]))
        .sorted(
            Comparator.comparing((Candidate candidate) -> -candidate.score())
                .thenComparing(Candidate::beam)
                .thenComparing(Candidate::token))
        .toList();
  }
}
