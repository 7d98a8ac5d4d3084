// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.lines.Outcome;
import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes records in order and makes them safe from time to time: first what was written, then the
 * checkpoint that promises it. The methods may be called from the thread that writes and from one
 * that ends the program.
 */
final class BatchWriter implements OrderedPipeline.Sink<Item, Outcome>, AutoCloseable {
  private static final PartFile.Mark START = PartFile.Mark.START;

  private final JobFolder folder;
  private final List<Slice> slices;
  private final long interval;
  private final Statistics statistics;
  private final CommittedLog errors;
  private final CommittedLog outputs;
  private final OutputFiles files;
  private final LineFailures failures;

  /** What was tried with the lines of the record that is being collected. */
  private final List<LineFailures.Attempts> attempts = new ArrayList<>();

  private int number;
  private long records;
  private boolean partOpen;
  private Checkpoint saved;
  private long savedAt = System.nanoTime();
  private boolean ended;

  /** The logs of a job, as its checkpoint has them. */
  private record Logs(CommittedLog errors, CommittedLog outputs) {
    static Logs open(JobFolder folder, Checkpoint saved) throws IOException {
      CommittedLog errors = CommittedLog.open(folder.errors(), saved.errorBytes());
      try {
        return new Logs(errors, CommittedLog.open(folder.outputs(), saved.outputBytes()));
      } catch (IOException | RuntimeException e) {
        errors.close();
        throw e;
      }
    }
  }

  private BatchWriter(
      JobFolder folder, List<Slice> slices, LineFailures.Rules rules, Duration interval)
      throws IOException {
    this.folder = folder;
    this.slices = slices;
    this.interval = interval.toNanos();
    this.saved = folder.checkpoint();
    this.statistics = saved.statistics();
    this.number = saved.input();
    this.records = saved.records();
    Logs logs = Logs.open(folder, saved);
    this.errors = logs.errors();
    this.outputs = logs.outputs();
    this.files = new OutputFiles(folder, outputs);
    this.failures = new LineFailures(rules, errors, statistics);
  }

  /**
   * Goes on where the folder's checkpoint says.
   *
   * @param interval between two times that everything is made safe
   */
  static BatchWriter open(
      JobFolder folder, List<Slice> slices, LineFailures.Rules rules, Duration interval)
      throws IOException {
    BatchWriter writer = new BatchWriter(folder, slices, rules, interval);
    try {
      writer.goOn();
      return writer;
    } catch (IOException | RuntimeException e) {
      writer.close();
      throw e;
    }
  }

  private void goOn() throws IOException {
    statistics.addRun();
    if (saved.state() == Checkpoint.State.COMPLETE) {
      files.publish(number, slices.get(number));
      number++;
      records = 0;
      save();
    } else if (saved.state() == Checkpoint.State.WRITING && !saved.mark().equals(START)) {
      openPart(saved.mark());
    }
  }

  /** Returns the number of records that are done of the slice {@link #slice}. */
  synchronized long records() {
    return records;
  }

  /** Returns the slice that is being written, or the number of slices when all are done. */
  synchronized int slice() {
    return number;
  }

  /** Returns a copy of the numbers. */
  synchronized Statistics statistics() {
    return new Statistics(statistics);
  }

  /**
   * {@inheritDoc} Second attempts are made outside the lock: a signal must not have to wait for
   * them.
   */
  @Override
  public void accept(OrderedPipeline.Finished<Item, Outcome> line) throws IOException {
    if (!(line.origin() instanceof Item.Text text)) {
      endSlice();
      saveWhenDue();
      return;
    }
    line.result().map(outcome -> failures.attempt(outcome, line.waited())).ifPresent(attempts::add);
    if (text.isLast()) {
      write(text.record());
      attempts.clear();
      saveWhenDue();
    }
  }

  private synchronized void saveWhenDue() throws IOException {
    if (System.nanoTime() - savedAt > interval) {
      save();
    }
  }

  private synchronized void write(InputRecord record) throws IOException {
    if (ended) {
      return; // the program is ending; what is safe has been told
    }
    String file = slices.get(number).task().input();
    List<String> translations = new ArrayList<>();
    for (LineFailures.Attempts line : attempts) {
      translations.add(failures.resolve(file, record, line));
    }
    failures.check(file, record);
    attempts.forEach(line -> statistics.addLine(file, record.line(), line.first(), line.waited()));
    statistics.addRecord(record.malformed());
    writing(
        () -> {
          openPart(START);
          files.write(record.layout().bytes(translations));
        });
    records++;
  }

  private void openPart(PartFile.Mark mark) throws IOException {
    if (!partOpen) {
      files.open(number, slices.get(number), mark);
      partOpen = true;
    }
  }

  private synchronized void endSlice() throws IOException {
    if (ended) {
      return;
    }
    Slice slice = slices.get(number);
    writing(
        () -> {
          openPart(START); // an input without any record
          files.complete(slice);
          partOpen = false;
          if (saved.input() == number && !saved.mark().equals(START)) {
            // What is saved refers to the part file, which is about to lose its name.
            store(START, Checkpoint.State.COMPLETE);
          }
          files.publish(number, slice);
        });
    number++;
    records = 0;
  }

  /** Makes everything safe; it must not be called within a record. */
  synchronized void save() throws IOException {
    if (ended) {
      return;
    }
    writing(
        () -> {
          PartFile.Mark mark = files.sync();
          boolean finished = number == slices.size();
          store(mark, finished ? Checkpoint.State.FINISHED : Checkpoint.State.WRITING);
          files.deleteOldTails();
        });
  }

  private void store(PartFile.Mark mark, Checkpoint.State state) throws IOException {
    long now = System.nanoTime();
    statistics.addSeconds((now - savedAt) * 1e-9);
    savedAt = now;
    saved = new Checkpoint(number, records, mark, state, errors.sync(), outputs.sync(), statistics);
    folder.save(saved);
  }

  /** Makes all whole records safe and takes no more. */
  synchronized void end() throws IOException {
    save();
    ended = true;
  }

  private interface Work {
    void run() throws IOException;
  }

  /**
   * Runs work that writes. After a failed write the files are in no known state; the last save
   * stays valid.
   */
  private void writing(Work work) throws IOException {
    try {
      work.run();
    } catch (BatchException e) {
      ended = true;
      throw e;
    } catch (IOException e) {
      ended = true;
      throw new BatchException("cannot write to " + folder.path(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try (errors;
        outputs) {
      files.close();
    }
  }
}
