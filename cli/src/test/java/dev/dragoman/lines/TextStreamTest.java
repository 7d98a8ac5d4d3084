// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

final class TextStreamTest {
  private static final byte[] CONTENT = "Un chien court.\n".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @CsvSource({
    "UTF-16LE, true, UTF-16", "UTF-16BE, true, UTF-16", "UTF-32LE, true, UTF-32",
    "UTF-32BE, true, UTF-32", "UTF-16LE, false, UTF-16LE", "UTF-16BE, false, UTF-16BE",
    "UTF-32LE, false, UTF-32LE", "UTF-32BE, false, UTF-32BE"
  })
  void otherEncodingsAreNamed(String encoding, boolean marked, String name) {
    String sentence = "is %1$s, not UTF-8: convert it with iconv -f %1$s -t UTF-8".formatted(name);
    for (String text :
        List.of(
            "Un chien",
            "\u00c9t\u00e9 \u00e0",
            "\u041f\u0440\u0438\u0432\u0435\u0442",
            "\u0393\u03b5\u03b9\u03ac",
            "\u05e9\u05dc\u05d5\u05dd",
            "\u0645\u0631\u062d\u0628\u0627",
            "\u0e2a\u0e27\u0e31\u0e2a")) {
      byte[] bytes = ((marked ? "\uFEFF" : "") + text + "\n").getBytes(Charset.forName(encoding));

      assertEquals(sentence, refusal(bytes), text);
    }
  }

  @Test
  void compressedFilesAndArchivesAreNamed() throws IOException {
    String how =
        ": translate reads plain text; batch reads .gz, .zst, .xz and .bz2, by the name's end";
    assertEquals("is compressed with gzip" + how, refusal(packed(GZIPOutputStream::new)));
    assertEquals("is compressed with Zstandard" + how, refusal(Zstd.compress(CONTENT)));
    assertEquals(
        "is compressed with xz" + how,
        refusal(packed(to -> new XZOutputStream(to, new LZMA2Options()))));
    assertEquals(
        "is compressed with bzip2" + how, refusal(packed(BZip2CompressorOutputStream::new)));
    assertTrue(refusal(packed(TextStreamTest::zip)).startsWith("is a ZIP archive, as DOCX"));
    assertEquals("is a tar archive, not text: unpack it", refusal(packed(TextStreamTest::tar)));
    assertTrue(refusal(bytes("%PDF-1.7\n")).startsWith("is a PDF, not text"));
  }

  /** Opens something that packs {@link #CONTENT}. */
  private interface Packer {
    OutputStream open(OutputStream to) throws IOException;
  }

  private static byte[] packed(Packer packer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = packer.open(bytes)) {
      out.write(CONTENT);
    }
    return bytes.toByteArray();
  }

  private static OutputStream zip(OutputStream to) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(to);
    zip.putNextEntry(new ZipEntry("a.txt"));
    return zip;
  }

  private static OutputStream tar(OutputStream to) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(to);
    TarArchiveEntry entry = new TarArchiveEntry("a.txt");
    entry.setSize(CONTENT.length);
    tar.putArchiveEntry(entry);
    return new java.io.FilterOutputStream(tar) {
      @Override
      public void close() throws IOException {
        tar.closeArchiveEntry();
        tar.close();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "\n",
        "\n\0\n",
        "\0",
        "a\0",
        "a\0\n",
        "\0\n\0\n",
        "a\0b\n",
        "\0\0\n",
        "\0\0\0\n",
        "\1\n\2\n\3\n",
        "1\t2\t3\n",
        "\1\n\1\n",
        "\0\1\2\3\4\5\6\7\n",
        "BZhelp\n",
        "PK\n",
        "\u00e9\0\u20ac\n",
        "un\ndeux\0\ntrois \0\0\0\0\0\n",
        "\uFEFFa\0",
        "\u00ff\u00fe\n",
        "\ud83d\ude00\0"
      })
  void zeroBytesAreTextWhereverTheyStand(String text) throws IOException {
    byte[] bytes = bytes(text);

    assertArrayEquals(bytes, read(TextStream.open(new ByteArrayInputStream(bytes)), 1 << 16));
    assertArrayEquals(bytes, read(TextStream.open(slow(bytes)), 1));
    byte[] late = bytes("ligne\n".repeat(50_000) + text);
    assertArrayEquals(late, read(TextStream.open(new ByteArrayInputStream(late)), 1 << 13));
  }

  @Test
  void bytesThatAreNotUtf8AreText() throws IOException {
    byte[] latin = "\u00e9t\u00e9\n\0\nhiv\u00e9r".getBytes(StandardCharsets.ISO_8859_1);

    assertArrayEquals(latin, read(TextStream.open(new ByteArrayInputStream(latin)), 1 << 16));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000})
  void aLineWithBothIsNotTextWhereverItStands(int before) {
    byte[] bytes =
        ("ligne\n".repeat(before) + "a\u00e9\0b\nune autre\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    String sentence =
        "line "
            + (before + 1)
            + " is not text: it holds zero bytes and bytes that are not UTF-8, as binary files do";

    for (int step : new int[] {1, 100, 1 << 16}) {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      NotTextException refusal =
          assertThrows(
              NotTextException.class,
              () -> copy(TextStream.open(new ByteArrayInputStream(bytes)), step, read));
      assertEquals(sentence, refusal.getMessage());
      assertTrue(read.toString(StandardCharsets.ISO_8859_1).startsWith("ligne\n".repeat(before)));
      assertTrue(read.size() <= 6 * before + 2, "no more than the line's beginning");
    }
  }

  /** Java's decoder is the second source. */
  @Test
  void whatIsUtf8IsWhatJavaSays() {
    Random random = new Random(7);
    int[] bytes = {
      0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xee, 0xf0,
      0xf1, 0xf4, 0xf5, 0xff
    };
    int valid = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] line = new byte[1 + random.nextInt(5)];
      Utf8Line looked = new Utf8Line();
      looked.add((byte) 0);
      for (int i = 0; i < line.length; i++) {
        line[i] = (byte) bytes[random.nextInt(bytes.length)];
        looked.add(line[i]);
      }
      boolean expected = isUtf8(line);
      valid += expected ? 1 : 0;
      assertEquals(!expected, looked.endsBinary(), () -> java.util.HexFormat.of().formatHex(line));
    }
    assertTrue(valid > 1000, "only " + valid);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void nothingButAByteOrderMarkIsAnEmptyText() throws IOException {
    assertEquals(-1, TextStream.open(slow(bytes("\uFEFF"))).read());
  }

  @Test
  void itIsReadNoFurtherThanItsFirstLineFeed() throws IOException {
    InputStream in = slow(bytes("a\nb\n"));
    try (TextStream text = TextStream.open(in)) {
      assertEquals('b', in.read());
      assertEquals('a', text.read());
    }
  }

  private static String refusal(byte[] bytes) {
    String whole =
        assertThrows(NotTextException.class, () -> TextStream.open(new ByteArrayInputStream(bytes)))
            .getMessage();
    String slowly =
        assertThrows(NotTextException.class, () -> TextStream.open(slow(bytes))).getMessage();
    assertEquals(whole, slowly);
    return whole;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Gives byte after byte, as a pipe may. */
  private static InputStream slow(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] to, int offset, int length) {
        return super.read(to, offset, Math.min(1, length));
      }
    };
  }

  private static byte[] read(InputStream in, int step) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    copy(in, step, read);
    return read.toByteArray();
  }

  private static void copy(InputStream in, int step, OutputStream to) throws IOException {
    byte[] buffer = new byte[step];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }
}
