// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.OnLong;
import dev.dragoman.Precision;
import dev.dragoman.TranslationOptions;
import dev.dragoman.batch.Hashing;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.pipeline.EngineOptions;
import dev.dragoman.search.SearchOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how to translate, for every command that does. */
public final class DecodingOptions {

  private static final String OF_MODEL = "model";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-b", "--beam-size"},
      paramLabel = "K",
      defaultValue = "4",
      description =
          "Hypotheses kept while searching, 1 (greedy) to "
              + SearchOptions.MOST_BEAMS
              + "; default ${DEFAULT-VALUE}.")
  private int beamSize;

  @Option(
      names = "--length-penalty",
      paramLabel = "A",
      defaultValue = "1",
      description =
          "Scores are divided by length^A, A from 0 to "
              + SearchOptions.MOST_LENGTH_PENALTY
              + "; default ${DEFAULT-VALUE}.")
  private double lengthPenalty;

  @Option(
      names = "--patience",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "A line is done when round(K*P) hypotheses have ended, P to "
              + SearchOptions.MOST_PATIENCE
              + "; default ${DEFAULT-VALUE}.")
  private double patience;

  @Option(
      names = "--n-best",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Translations given for each line, 1 to K; default ${DEFAULT-VALUE}. More than one are"
              + " written as in Moses and Marian, best first: number ||| translation ||| score,"
              + " lines numbered from 0.")
  private int nBest;

  @Option(
      names = "--min-length",
      paramLabel = "TOKENS",
      defaultValue = "1",
      description = "No translation ends before; default ${DEFAULT-VALUE}.")
  private int minLength;

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      defaultValue = "256",
      description = "Every translation is cut there; default ${DEFAULT-VALUE}.")
  private int maxLength;

  @Option(
      names = {"-d", "--device"},
      paramLabel = "DEVICE",
      defaultValue = "auto",
      completionCandidates = DeviceNames.class,
      description =
          "cpu, cuda, cuda:1, several GPUs as cuda:0,1 or cuda:all, or auto (a GPU if there is"
              + " one); default ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Workers of each device; default 0, the device's choice, on the CPU one for each core.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "auto",
      completionCandidates = Precisions.class,
      description =
          "Of the products: float32, bfloat16, int8, float16 (GPU) or auto (the device's choice, the"
              + " default); dragoman doctor says which is the fastest here, and what it costs.")
  private Precision precision;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "0",
      description = "Lines in flight for each worker; default 0, the device's choice.")
  private int slots;

  @Option(
      names = "--on-long",
      paramLabel = "WHAT",
      defaultValue = "split",
      completionCandidates = OnLongs.class,
      description =
          "A line longer than the model's positions: split it at sentence ends (the default),"
              + " truncate it, or let the line fail.")
  private OnLong onLong;

  @Option(
      names = "--shortlist",
      paramLabel = "WHAT",
      description =
          "Translations consist of words that are likely for those of their line: model takes the"
              + " shortlist that the model brings, anything else names a file, CTranslate2's vmap.txt"
              + " or Marian's lexical shortlist (text, .gz or .bin). Off by default.")
  private String shortlist;

  /**
   * Returns the checked options.
   *
   * @throws ParameterException naming the option that is out of range
   */
  public TranslationOptions checked() {
    between("--beam-size", beamSize, 1, SearchOptions.MOST_BEAMS);
    between("--length-penalty", lengthPenalty, 0, SearchOptions.MOST_LENGTH_PENALTY);
    between("--patience", patience, 0, SearchOptions.MOST_PATIENCE);
    Usage.require(
        command,
        Math.round(beamSize * patience) >= 1,
        "--patience is too small for this --beam-size");
    between("--n-best", nBest, 1, SearchOptions.MOST_BEAMS);
    Usage.require(
        command,
        nBest <= beamSize,
        "--n-best must be at most the beam size, " + beamSize + ", not " + nBest);
    between("--max-length", maxLength, 1, SearchOptions.MOST_LENGTH);
    between("--min-length", minLength, 0, maxLength);
    DeviceNames.check(command, device);
    between("--threads", threads, 0, EngineOptions.MOST_WORKERS);
    between("--slots", slots, 0, EngineOptions.MOST_SLOTS);
    return TranslationOptions.defaults()
        .withDevice(device)
        .withWorkers(threads)
        .withPrecision(precision)
        .withSlots(slots)
        .withBeamSize(beamSize)
        .withLengthPenalty(lengthPenalty)
        .withPatience(patience)
        .withNBest(nBest)
        .withMinLength(minLength)
        .withMaxLength(maxLength)
        .withOnLong(onLong)
        .withShortlist(chosenShortlist());
  }

  private ShortlistSource chosenShortlist() {
    if (shortlist == null) {
      return ShortlistSource.NONE;
    }
    if (shortlist.equals(OF_MODEL)) {
      return ShortlistSource.OF_MODEL;
    }
    Path file = Path.of(shortlist);
    Usage.require(
        command,
        Files.isRegularFile(file),
        "--shortlist must be model or a file, and there is no file '" + shortlist + "'");
    return ShortlistSource.in(file);
  }

  /**
   * Returns the options that a translation depends on, as they were given, for the journal of a
   * job; a shortlist's file is named by its contents.
   */
  public Map<String, String> settings() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("beam-size", Integer.toString(beamSize));
    settings.put("length-penalty", Double.toString(lengthPenalty));
    settings.put("patience", Double.toString(patience));
    settings.put("min-length", Integer.toString(minLength));
    settings.put("max-length", Integer.toString(maxLength));
    settings.put("precision", precision.name().toLowerCase(Locale.ROOT));
    settings.put("on-long", onLong.name().toLowerCase(Locale.ROOT));
    settings.put(
        "shortlist",
        chosenShortlist() instanceof ShortlistSource.InFile named
            ? "SHA-256 " + Hashing.ofModel(named.file())
            : shortlist == null ? "none" : OF_MODEL);
    return settings;
  }

  private void between(String option, int value, int least, int most) {
    Usage.require(
        command,
        value >= least && value <= most,
        option + " must be from " + least + " to " + most + ", not " + value);
  }

  private void between(String option, double value, int least, int most) {
    Usage.require(
        command,
        value >= least && value <= most, // false for NaN
        option + " must be from " + least + " to " + most + ", not " + value);
  }

  /** The precisions. */
  public static final class Precisions extends CompletionWords {
    public Precisions() {
      super(Precision.values());
    }
  }

  /** What can be done with a long line. */
  static final class OnLongs extends CompletionWords {
    OnLongs() {
      super(OnLong.values());
    }
  }
}
