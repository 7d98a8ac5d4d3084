package dev.dragoman.cli.batch;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStream;
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
 * How a file is compressed. In all of these formats several members, one after the other, are the
 * compressed form of their contents, one after the other.
 */
public enum Compression {
  /** Not at all. */
  NONE(""),
  /** RFC 1952. */
  GZ(".gz"),
  /** RFC 8878. */
  ZST(".zst"),
  /** LZMA2 in the .xz format. */
  XZ(".xz"),
  /** bzip2. */
  BZ2(".bz2");

  private static final int BUFFER = 1 << 16;
  private static final int ZSTD_LEVEL = 3;
  private static final int XZ_PRESET = 6;

  private final String extension;

  Compression(String extension) {
    this.extension = extension;
  }

  /** What the name's end says. */
  static Compression of(String name) {
    for (Compression compression : values()) {
      if (compression != NONE && name.endsWith(compression.extension)) {
        return compression;
      }
    }
    return NONE;
  }

  /** The name without this compression's extension. */
  String strip(String name) {
    return name.endsWith(extension) ? name.substring(0, name.length() - extension.length()) : name;
  }

  /** The extension, with its dot; empty for {@link #NONE}. */
  String extension() {
    return extension;
  }

  /**
   * Reads what was compressed, through all members.
   *
   * @throws IOException if it does not begin as this format does; reading it throws if it is broken
   *     or ends too early
   */
  InputStream open(InputStream raw) throws IOException {
    InputStream in = new BufferedInputStream(raw, BUFFER);
    return switch (this) {
      case NONE -> in;
      case GZ ->
          GzipCompressorInputStream.builder()
              .setInputStream(in)
              .setDecompressConcatenated(true)
              .get();
      case ZST -> new ZstdInputStream(in);
      case XZ -> new XZInputStream(in);
      case BZ2 -> new BZip2CompressorInputStream(in, true);
    };
  }

  /** One member; the same bytes for the same content. */
  byte[] compress(byte[] content) throws IOException {
    if (this == NONE) {
      return content;
    }
    if (this == ZST) {
      try (ZstdCompressCtx context = new ZstdCompressCtx()) {
        return context.setLevel(ZSTD_LEVEL).setChecksum(true).compress(content);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private OutputStream compressor(OutputStream to) throws IOException {
    return switch (this) {
      case GZ -> new GZIPOutputStream(to, BUFFER);
      case BZ2 -> new BZip2CompressorOutputStream(to);
      case XZ -> {
        LZMA2Options options = new LZMA2Options(XZ_PRESET);
        options.setDictSize(PartFile.MEMBER); // a larger one would only take memory
        yield new XZOutputStream(to, options);
      }
      default -> throw new IllegalStateException(name());
    };
  }
}
