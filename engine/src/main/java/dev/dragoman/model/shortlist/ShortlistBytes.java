// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ShortlistFile;
import dev.dragoman.model.ShortlistFile.MarianLimits;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.text.OneLine;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * What a file with a shortlist holds, for the readers of its formats.
 *
 * @param path for messages
 * @param bytes all of the file, unpacked
 * @param limits what is taken of one of Marian's in text
 */
record ShortlistBytes(Path path, byte[] bytes, MarianLimits limits) {
  private static final int GZIP = 0x8b1f;

  /** Something done with each line of a file. */
  interface LineUse {
    /** Is given a line without its end; lines are counted from 1. */
    void line(String line, int number);
  }

  /**
   * Reads a file, and unpacks it if it is packed.
   *
   * @throws ModelFormatException if it is missing, broken or too large
   */
  static ShortlistBytes read(ShortlistFile file) {
    byte[] stored = file.stored().get();
    return new ShortlistBytes(
        file.path(), isPacked(stored) ? unpacked(file.path(), stored) : stored, file.limits());
  }

  private static boolean isPacked(byte[] bytes) {
    return bytes.length >= 2 && (bytes[0] & 0xff | (bytes[1] & 0xff) << 8) == GZIP;
  }

  private static byte[] unpacked(Path path, byte[] packed) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] unpacked = in.readNBytes((int) ModelFiles.LONGEST_TEXT + 1);
      if (unpacked.length > ModelFiles.LONGEST_TEXT) {
        throw new ModelFormatException(
            "%s has more than %d bytes when it is unpacked, which are not supported"
                .formatted(path, ModelFiles.LONGEST_TEXT));
      }
      return unpacked;
    } catch (IOException e) {
      throw new ModelFormatException(
          path + ": not a whole .gz file: " + OneLine.of(e.getMessage()), e);
    }
  }

  /** Goes through the lines; blank ones are counted and left out. */
  void forLines(LineUse use) {
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

  /** Makes the refusal of a line. */
  ModelFormatException wrong(int line, String what) {
    return new ModelFormatException("%s: line %d: %s".formatted(path, line, OneLine.of(what)));
  }

  /** Makes the refusal of the whole file. */
  ModelFormatException wrong(String what) {
    return new ModelFormatException(path + ": " + what);
  }
}
