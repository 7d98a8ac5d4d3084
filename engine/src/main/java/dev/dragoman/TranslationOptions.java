package dev.dragoman;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Volume;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to translate. Immutable; {@link #defaults} and the {@code with} methods make others.
 *
 * @param device {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0,1}, {@code cuda:all} or
 *     {@code auto}
 * @param threads independent workers for each device; 0 for the device's own choice, one for each
 *     core on the CPU
 * @param precision of the products
 * @param slots sentences in flight for each worker; 0 for the device's own choice
 * @param beamSize k, from 1 (greedy) to 64
 * @param lengthPenalty α: scores are divided by lengthᵅ
 * @param patience p: a sentence is finished when round(k·p) hypotheses have ended
 * @param nBest hypotheses returned for each line, at most the beam size
 * @param minLength tokens before which no hypothesis ends
 * @param maxLength tokens at which every hypothesis is cut, its end token counted
 * @param onLong what to do with a line that is longer than the model's positions
 * @param attention what becomes of the attention weights
 * @param shortlist which words a translation may have
 * @param volume how much there is to translate, as far as that is known
 */
public record TranslationOptions(
    String device,
    int threads,
    Precision precision,
    int slots,
    int beamSize,
    double lengthPenalty,
    double patience,
    int nBest,
    int minLength,
    int maxLength,
    OnLong onLong,
    Attention attention,
    Shortlist shortlist,
    Volume volume) {

  private static final int MOST_BEAMS = 64;

  /**
   * Refuses what no model can do.
   *
   * @throws IllegalArgumentException naming the option
   */
  public TranslationOptions {
    require(threads >= 0 && slots >= 0, "threads and slots are not negative");
    require(1 <= beamSize && beamSize <= MOST_BEAMS, "the beam size is 1 to " + MOST_BEAMS);
    require(
        lengthPenalty >= 0 && Double.isFinite(lengthPenalty), "the length penalty is 0 or more");
    require(patience > 0 && Double.isFinite(patience), "the patience is more than 0");
    require(nBest >= 1, "the number of hypotheses is 1 or more");
    require(minLength >= 0, "the minimal length is 0 or more");
    require(maxLength >= 1, "the maximal length is 1 or more");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /**
   * The type of the products, and on a GPU of what lies between them; sums, norms and softmax are
   * float32.
   */
  public enum Precision {
    /** What the device does best without a loss that shows: its own choice. */
    AUTO(null),
    /** IEEE 754 binary32, the reference. */
    FLOAT32(DataType.F32),
    /** bfloat16 products with float32 sums. */
    BFLOAT16(DataType.BF16),
    /**
     * 8-bit integers with exact sums and a scale for each row and each output, on GPUs and on
     * x86-64 processors; on a GPU all else is then float16.
     */
    INT8(DataType.I8),
    /** IEEE 754 binary16 products with float32 sums, on GPUs. */
    FLOAT16(DataType.F16);

    private final DataType type;

    Precision(DataType type) {
      this.type = type;
    }

    /** The type of the products; empty for the device's own choice. */
    public Optional<DataType> type() {
      return Optional.ofNullable(type);
    }
  }

  /** What to do with a line that is longer than the model's positions. */
  public enum OnLong {
    /** Split it at sentence ends, translate the parts and join them. */
    SPLIT,
    /** Translate its beginning. */
    TRUNCATE,
    /** Report it as a line that cannot be translated. */
    FAIL
  }

  /** What becomes of the weights of the encoder-decoder attention. */
  public enum Attention {
    /** They are used and forgotten. */
    DROP,
    /**
     * They are kept, averaged over heads, and stand in {@link Translation.Hypothesis#attention}.
     */
    KEEP
  }

  /**
   * Which words a translation may have: all, or those that a lexical shortlist gives for the words
   * of its source.
   */
  public sealed interface Shortlist {
    /** All words. */
    Shortlist NONE = Known.NONE;

    /** The shortlist that the model brings. */
    Shortlist OF_MODEL = Known.OF_MODEL;

    /** A shortlist in a file of CTranslate2's or Marian's. */
    static Shortlist in(Path file) {
      return new InFile(file);
    }

    /** See {@link #NONE} and {@link #OF_MODEL}. */
    enum Known implements Shortlist {
      NONE,
      OF_MODEL
    }

    /** See {@link #in}. */
    record InFile(Path file) implements Shortlist {}
  }

  /** Beam 4 on whatever device there is. */
  public static TranslationOptions defaults() {
    return new TranslationOptions(
        "auto",
        0,
        Precision.AUTO,
        0,
        4,
        1.0,
        1.0,
        1,
        1,
        256,
        OnLong.SPLIT,
        Attention.DROP,
        Shortlist.NONE,
        Volume.MANY_LINES);
  }

  /** The same but for {@link #device}. */
  public TranslationOptions withDevice(String device) {
    Draft draft = new Draft(this);
    draft.device = device;
    return draft.finished();
  }

  /** The same but for {@link #threads}. */
  public TranslationOptions withThreads(int threads) {
    Draft draft = new Draft(this);
    draft.threads = threads;
    return draft.finished();
  }

  /** The same but for {@link #precision}. */
  public TranslationOptions withPrecision(Precision precision) {
    Draft draft = new Draft(this);
    draft.precision = precision;
    return draft.finished();
  }

  /** The same but for {@link #slots}. */
  public TranslationOptions withSlots(int slots) {
    Draft draft = new Draft(this);
    draft.slots = slots;
    return draft.finished();
  }

  /** The same but for {@link #beamSize}. */
  public TranslationOptions withBeamSize(int beamSize) {
    Draft draft = new Draft(this);
    draft.beamSize = beamSize;
    return draft.finished();
  }

  /** The same but for {@link #lengthPenalty}. */
  public TranslationOptions withLengthPenalty(double lengthPenalty) {
    Draft draft = new Draft(this);
    draft.lengthPenalty = lengthPenalty;
    return draft.finished();
  }

  /** The same but for {@link #patience}. */
  public TranslationOptions withPatience(double patience) {
    Draft draft = new Draft(this);
    draft.patience = patience;
    return draft.finished();
  }

  /** The same but for {@link #nBest}. */
  public TranslationOptions withNBest(int nBest) {
    Draft draft = new Draft(this);
    draft.nBest = nBest;
    return draft.finished();
  }

  /** The same but for {@link #minLength}. */
  public TranslationOptions withMinLength(int minLength) {
    Draft draft = new Draft(this);
    draft.minLength = minLength;
    return draft.finished();
  }

  /** The same but for {@link #maxLength}. */
  public TranslationOptions withMaxLength(int maxLength) {
    Draft draft = new Draft(this);
    draft.maxLength = maxLength;
    return draft.finished();
  }

  /** The same but for {@link #onLong}. */
  public TranslationOptions withOnLong(OnLong onLong) {
    Draft draft = new Draft(this);
    draft.onLong = onLong;
    return draft.finished();
  }

  /** The same but for {@link #attention}. */
  public TranslationOptions withAttention(Attention attention) {
    Draft draft = new Draft(this);
    draft.attention = attention;
    return draft.finished();
  }

  /** The same but for {@link #shortlist}. */
  public TranslationOptions withShortlist(Shortlist shortlist) {
    Draft draft = new Draft(this);
    draft.shortlist = shortlist;
    return draft.finished();
  }

  /** The same but for {@link #volume}. */
  public TranslationOptions withVolume(Volume volume) {
    Draft draft = new Draft(this);
    draft.volume = volume;
    return draft.finished();
  }

  /** Options on their way from one record to the next. */
  private static final class Draft {
    private String device;
    private int threads;
    private Precision precision;
    private int slots;
    private int beamSize;
    private double lengthPenalty;
    private double patience;
    private int nBest;
    private int minLength;
    private int maxLength;
    private OnLong onLong;
    private Attention attention;
    private Shortlist shortlist;
    private Volume volume;

    Draft(TranslationOptions options) {
      device = options.device;
      threads = options.threads;
      precision = options.precision;
      slots = options.slots;
      beamSize = options.beamSize;
      lengthPenalty = options.lengthPenalty;
      patience = options.patience;
      nBest = options.nBest;
      minLength = options.minLength;
      maxLength = options.maxLength;
      onLong = options.onLong;
      attention = options.attention;
      shortlist = options.shortlist;
      volume = options.volume;
    }

    TranslationOptions finished() {
      return new TranslationOptions(
          device,
          threads,
          precision,
          slots,
          beamSize,
          lengthPenalty,
          patience,
          nBest,
          minLength,
          maxLength,
          onLong,
          attention,
          shortlist,
          volume);
    }
  }
}
