// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.lines.TextStream;
import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Reads slice after slice. Every input is read to its end, so that its hash tells whether it is
 * what the journal says.
 */
final class RecordSource implements OrderedPipeline.Source<Item>, AutoCloseable {
  private static final int OVERHEAD = 256;

  private final Iterator<Slice> slices;
  private final RecordFormat format;
  private final Queue<OrderedPipeline.Line<Item>> items = new ArrayDeque<>();
  private long skip;
  private Slice slice;
  private DigestInputStream raw;
  private volatile RecordReader reader;
  private long position;

  /**
   * Reads from the first slice on.
   *
   * @param skip records of the first slice that are done
   */
  RecordSource(List<Slice> slices, RecordFormat format, long skip) {
    this.slices = slices.iterator();
    this.format = format;
    this.skip = skip;
  }

  @Override
  public Optional<OrderedPipeline.Line<Item>> next() throws IOException {
    if (!items.isEmpty()) {
      return Optional.of(items.remove());
    }
    if (reader == null) {
      if (!slices.hasNext()) {
        return Optional.empty();
      }
      open(slices.next());
    }
    try {
      if (position < slice.to()) {
        add(reader.next().orElseThrow(this::changed));
        position++;
        return Optional.of(items.remove());
      }
      endSlice();
      return Optional.of(new OrderedPipeline.Line<>(new Item.EndOfSlice(), Optional.empty(), 0));
    } catch (BatchException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new BatchException(
          "cannot read " + slice.task().input() + " after record " + position, e);
    }
  }

  private void open(Slice next) throws IOException {
    slice = next;
    Task task = slice.task();
    try {
      raw = new DigestInputStream(Files.newInputStream(task.path()), Hashing.sha256());
      reader = reader(task);
      long begin = slice.from() + skip;
      skip = 0;
      for (position = 0; position < begin; position++) {
        if (reader.next().isEmpty()) {
          throw changed();
        }
      }
    } catch (BatchException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new BatchException("cannot read " + task.input(), e);
    }
  }

  private RecordReader reader(Task task) throws IOException {
    try {
      InputStream text = TextStream.open(Codec.open(task.inputCompression(), raw));
      return format.open(task.contentName(), text);
    } catch (IOException | RuntimeException e) {
      raw.close(); // a reader would have closed it
      throw e;
    }
  }

  private void add(InputRecord record) {
    if (record.texts().isEmpty()) {
      items.add(line(record, 0, Optional.empty(), record.size()));
    }
    for (int i = 0; i < record.texts().size(); i++) {
      int weight = i == 0 ? record.size() : 0;
      items.add(line(record, i, Optional.of(record.texts().get(i)), weight));
    }
  }

  private static OrderedPipeline.Line<Item> line(
      InputRecord record, int index, Optional<String> text, int weight) {
    return new OrderedPipeline.Line<>(new Item.Text(record, index), text, weight + OVERHEAD);
  }

  private void endSlice() throws IOException {
    boolean wholeInput = slice.to() == slice.task().records();
    if (wholeInput && reader.next().isPresent()) {
      throw changed();
    }
    raw.transferTo(OutputStream.nullOutputStream());
    String hash = Hashing.hex(raw.getMessageDigest().digest());
    close();
    if (!hash.equals(slice.task().sha256())) {
      throw changed();
    }
  }

  private BatchException changed() {
    return new BatchException(
        slice.task().input()
            + " has changed while it was translated; put it back as it was, or use the setting restart=true");
  }

  @Override
  public void close() throws IOException {
    RecordReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
