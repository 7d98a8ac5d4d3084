// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.lines.TextStream;
import dev.dragoman.text.IoProblem;
import dev.dragoman.text.OneLine;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Reads every input once before anything is translated: its hash, its records, and whether it can
 * be read at all.
 */
final class Inventory {
  private static final int BUFFER = 1 << 16;

  private final RecordFormat format;
  private final InputReadingListener listener;
  private final AtomicLong bytesRead = new AtomicLong();
  private long bytes;
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());

  Inventory(RecordFormat format, InputReadingListener listener) {
    this.format = format;
    this.listener = listener;
  }

  /** Returns what there is to do, in the order of the files. */
  List<Task> tasks(List<NamedOutput> files) {
    bytes = files.stream().mapToLong(named -> named.file().toFile().length()).sum();
    return files.parallelStream().map(this::scan).flatMap(Optional::stream).toList();
  }

  /** Returns what is wrong with inputs, each in one line. */
  List<String> problems() {
    return Stream.of(problems.toArray(String[]::new)).sorted().toList();
  }

  private Optional<Task> scan(NamedOutput named) {
    Counter counter = new Counter();
    MessageDigest digest = Hashing.sha256();
    String name = named.file().toString();
    try (InputStream raw =
        new DigestInputStream(new Watched(Files.newInputStream(named.file())), digest)) {
      long size = Files.size(named.file());
      Compression compression = Compression.of(name);
      InputStream content = Codec.open(compression, raw);
      counter.count(compression.strip(name), TextStream.open(content));
      raw.transferTo(OutputStream.nullOutputStream());
      String hash = Hashing.hex(digest.digest());
      content.close();
      return Optional.of(new Task(name, named.output(), size, hash, counter.records));
    } catch (IOException e) {
      refuse(name, counter, IoProblem.reason(e));
    } catch (RuntimeException e) {
      refuse(name, counter, OneLine.of(e)); // decompressors throw what they happen to run into
    }
    return Optional.empty();
  }

  private void refuse(String name, Counter counter, String reason) {
    String place = counter.records == 0 ? "" : "after line " + counter.records + ": ";
    problems.add(name + ": " + place + reason);
  }

  /** Tells the listener about each read. */
  private final class Watched extends FilterInputStream {
    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count > 0) {
        listener.read(bytesRead.addAndGet(count), bytes);
      }
      return count;
    }
  }

  /** Counts records, so that a problem can say how far they could be read. */
  private final class Counter {
    private long records;

    void count(String name, InputStream in) throws IOException {
      switch (format.kindOf(name)) {
        case TEXT, JSONL -> countLines(in);
        case TSV, CSV -> countRecords(name, in);
      }
    }

    private void countRecords(String name, InputStream in) throws IOException {
      RecordReader reader = format.open(name, in);
      while (reader.next().isPresent()) {
        records++;
      }
    }

    private void countLines(InputStream in) throws IOException {
      byte[] buffer = new byte[BUFFER];
      boolean complete = true;
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        for (int i = 0; i < length; i++) {
          records += buffer[i] == '\n' ? 1 : 0;
        }
        complete = length == 0 ? complete : buffer[length - 1] == '\n';
      }
      records += complete ? 0 : 1;
    }
  }
}
