// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.BatchSizes;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotShortlists;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WordSearch;
import dev.dragoman.model.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Everything that changes while one worker translates: slots, caches and intermediate results, all
 * taken when the session is opened. Used by one thread at a time.
 */
public final class Session {
  private final Device device;
  private final Transformer model;
  private final BatchSizes batches;
  private final SlotState state;
  private final List<DecoderLayer.Cache> caches;
  private final EncoderInput encoderInput;
  private final Activations encoding;
  private final Activations decoding;
  private final int[] shortlistSizes;
  private final int idleRow;
  private final int[] fed;
  private final Tensor rows;
  private final WordSearch search;
  private final Runnable[] steps;

  /**
   * How much a session can hold.
   *
   * @param slots sentences in flight
   * @param encoderTokens tokens of the sentences that are encoded together
   * @param sourceTokens tokens of the sources in flight, all slots together
   * @param attendedTokens tokens of the longest source, if attention to it is to be kept; otherwise
   *     0
   * @param shortlistWords the most words of a sentence's shortlist; 0 if it chooses from all words
   */
  public record Size(
      int slots, int encoderTokens, int sourceTokens, int attendedTokens, int shortlistWords) {

    /** Makes one that keeps no attention and has all words. */
    public Size(int slots, int encoderTokens, int sourceTokens) {
      this(slots, encoderTokens, sourceTokens, 0, 0);
    }
  }

  Session(Transformer model, Device device, Size size, SearchRules rules) {
    this.device = device;
    this.model = model;
    this.batches = new BatchSizes(device.capacity().leastRows());
    int width = model.config().sizes().width();
    int heads = model.config().sizes().decoder().heads();
    int slots = size.slots() + 1; // the last one stays idle; its rows fill batches up
    int beams = slots * rules.beamSize();
    int most = batches.filled(size.slots() * rules.beamSize());
    this.idleRow = size.slots() * rules.beamSize();
    ModelConfig.Alignment alignment = model.config().alignment();
    SlotState plain = SlotState.allocate(device, slots, size.sourceTokens(), rules);
    SlotState attending =
        size.attendedTokens() == 0
            ? plain
            : plain.withAttention(device, alignment.heads(), size.attendedTokens());
    this.state =
        size.shortlistWords() == 0
            ? attending
            : attending.withShortlists(device, size.shortlistWords());
    this.shortlistSizes = new int[slots];
    this.caches = new ArrayList<>();
    for (int i = 0; i < model.config().sizes().decoder().layers(); i++) {
      caches.add(
          new DecoderLayer.Cache(
              device.allocateCache(new Shape(beams * rules.maxLength(), width), heads),
              device.allocateSourceCache(new Shape(size.sourceTokens(), width), heads),
              i == alignment.layer() ? state.attention() : Optional.empty()));
    }
    this.encoderInput = new EncoderInput(device, batches, size);
    this.encoding = Activations.allocate(device, batches.filled(size.encoderTokens()), width);
    this.decoding = Activations.allocate(device, most, width);
    this.fed = new int[most];
    this.rows = device.allocate(DataType.I32, Shape.vector(most));
    OutputWords words = model.decoder().output();
    this.search = device.searchAmong(words.weights(), words.bias(), state, most);
    this.steps = new Runnable[most + 1];
  }

  /**
   * A source sentence and its place.
   *
   * @param source token ids
   * @param shortlist the words that its translation may have, rising, the end token among them;
   *     empty where it chooses from all
   * @param slot that takes it
   * @param start where its keys and values go in the source caches
   */
  public record Placed(int[] source, int[] shortlist, int slot, int start) {

    /** Makes one with all words. */
    public Placed(int[] source, int slot, int start) {
      this(source, new int[0], slot, start);
    }
  }

  /**
   * Encodes sentences in one packed batch and gives each to its slot, which then is at step 0.
   *
   * @param sentences of at most {@link Size#encoderTokens} tokens together
   */
  public void begin(List<Placed> sentences) {
    Binding binding = encoderInput.pack(sentences, state);
    Activations a = encoding.rows(binding.tokens().count());
    model.encoder().encode(device, binding.tokens(), a);
    model.decoder().bind(device, binding, caches, a);
    device.bind(binding, model.config().tokens().start());
    state.shortlists().ifPresent(words -> uploadShortlists(sentences, words));
  }

  private void uploadShortlists(List<Placed> sentences, SlotShortlists shortlists) {
    for (Placed sentence : sentences) {
      shortlistSizes[sentence.slot()] = sentence.shortlist().length;
      device.upload(sentence.shortlist(), shortlists.words().rows(sentence.slot(), 1));
    }
    device.upload(shortlistSizes, shortlists.counts());
  }

  /**
   * Makes one step of the decoder and of the search.
   *
   * @param activeRows the rows that are fed, {@code count} of them; see {@link TokenRows.Decoding}
   */
  public void step(int[] activeRows, int count) {
    int filled = batches.filled(count);
    System.arraycopy(activeRows, 0, fed, 0, count);
    Arrays.fill(fed, count, filled, idleRow);
    device.upload(fed, rows);
    if (steps[filled] == null) {
      steps[filled] = recordStep(filled);
    }
    steps[filled].run();
  }

  private Runnable recordStep(int count) {
    TokenRows.Decoding tokens = new TokenRows.Decoding(rows.rows(count), state);
    Activations a = decoding.rows(count);
    return device.record(
        () -> {
          model.decoder().step(device, tokens, caches, a);
          search.advance(a.x(), tokens);
        });
  }

  /** Returns what the slots remember; the pipeline reads it. */
  public SlotState state() {
    return state;
  }

  /** Returns the fork that the session runs on. */
  public Device device() {
    return device;
  }
}
