// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStream;
import dev.dragoman.natives.NativeFolders;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * Compresses and decompresses. The libraries for that are used here alone and not in {@link
 * Compression}, as every start of the program loads that class and must not load them.
 */
final class Codec {
  private static final int BUFFER = 1 << 16;
  private static final int ZSTD_LEVEL = 3;
  private static final int XZ_PRESET = 6;

  private Codec() {}

  /**
   * Reads what was compressed, through all members.
   *
   * @throws IOException if it does not begin as this format does; reading it throws if it is broken
   *     or ends too early
   */
  static InputStream open(Compression compression, InputStream raw) throws IOException {
    InputStream in = new BufferedInputStream(raw, BUFFER);
    return switch (compression) {
      case NONE -> in;
      case GZ ->
          GzipCompressorInputStream.builder()
              .setInputStream(in)
              .setDecompressConcatenated(true)
              .get();
      case ZST -> NativeFolders.load(() -> new ZstdInputStream(in));
      case XZ -> new XZInputStream(in);
      case BZ2 -> new BZip2CompressorInputStream(in, true);
    };
  }

  /** Compresses content to one member; the same content gives the same bytes. */
  static byte[] compress(Compression compression, byte[] content) throws IOException {
    if (compression == Compression.NONE) {
      return content;
    }
    if (compression == Compression.ZST) {
      try (ZstdCompressCtx context = NativeFolders.load(ZstdCompressCtx::new)) {
        return context.setLevel(ZSTD_LEVEL).setChecksum(true).compress(content);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor(compression, bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static OutputStream compressor(Compression compression, OutputStream to)
      throws IOException {
    return switch (compression) {
      case GZ -> new GZIPOutputStream(to, BUFFER);
      case BZ2 -> new BZip2CompressorOutputStream(to);
      case XZ -> {
        LZMA2Options options = new LZMA2Options(XZ_PRESET);
        options.setDictSize(PartFile.MEMBER); // a larger one would only take memory
        yield new XZOutputStream(to, options);
      }
      default -> throw new IllegalStateException(compression.name());
    };
  }
}
