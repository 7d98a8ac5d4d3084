package dev.dragoman.model;

import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/**
 * A file with a shortlist, which is not read before it is needed.
 *
 * @param path for messages
 * @param stored its bytes as they lie there
 * @param limits of Marian's lists in text
 */
public record ShortlistFile(Path path, Supplier<byte[]> stored, MarianLimits limits) {
  private static final int GZIP = 0x8b1f;

  /**
   * What Marian takes of a lexicon.
   *
   * @param first so many words of the target's vocabulary, from its beginning, are always
   *     candidates
   * @param best most candidates of a source word
   * @param threshold probabilities up to this are no candidates
   */
  public record MarianLimits(int first, int best, double threshold) {
    /** What Marian takes where nothing is said. */
    public static final MarianLimits USUAL = new MarianLimits(100, 100, 0);
  }

  /** A file that the user names. */
  public static ShortlistFile at(Path path) {
    return new ShortlistFile(path, () -> ModelFiles.bytes(path), MarianLimits.USUAL);
  }

  /** A file that lies beside a model. */
  public static ShortlistFile in(ModelFolder folder, String name, MarianLimits limits) {
    return new ShortlistFile(folder.file(name), folder.later(name), limits);
  }

  /** All bytes; of a .gz file what it was made of. */
  public byte[] bytes() {
    byte[] bytes = stored.get();
    if (bytes.length < 2 || (bytes[0] & 0xff | (bytes[1] & 0xff) << 8) != GZIP) {
      return bytes;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] unpacked = in.readNBytes((int) ModelFiles.LONGEST_TEXT + 1);
      if (unpacked.length > ModelFiles.LONGEST_TEXT) {
        throw new ModelFormatException(
            "%s has more than %d bytes when it is unpacked, which are not supported"
                .formatted(path, ModelFiles.LONGEST_TEXT));
      }
      return unpacked;
    } catch (IOException e) {
      throw new ModelFormatException(
          path + ": not a whole .gz file: " + ModelFiles.oneLine(e.getMessage()), e);
    }
  }

  /** Something done with each line of a file. */
  public interface LineUse {
    /** With a line without its end, counted from 1. */
    void line(String line, int number);
  }

  /** Goes through the lines, without blank ones. */
  public void forLines(byte[] bytes, LineUse use) {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(new ByteArrayInputStream(bytes), decoder))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          use.line(line, number);
        }
      }
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(path + ": not UTF-8", e);
    } catch (IOException e) {
      throw ModelFiles.unreadable(path, e);
    }
  }

  /** The refusal of a line. */
  public ModelFormatException wrong(int line, String what) {
    return new ModelFormatException(
        "%s: line %d: %s".formatted(path, line, ModelFiles.oneLine(what)));
  }

  /** The refusal of the whole. */
  public ModelFormatException wrong(String what) {
    return new ModelFormatException(path + ": " + what);
  }
}
