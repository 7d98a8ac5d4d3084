// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.Translation;
import dev.dragoman.lines.Outcome;
import dev.dragoman.lines.RecentLines;
import dev.dragoman.pipeline.Futures;
import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A job over many files that can be killed at any moment and goes on when it is started again. */
public final class BatchJob implements AutoCloseable {
  private final BatchPlan plan;
  private final JobFolder folder;
  private final List<Slice> slices;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile Running running;

  private record Running(OrderedPipeline<Item, Outcome> pipeline, BatchWriter writer) {}

  /** Prepares a job that is not running yet. */
  public BatchJob(BatchPlan plan, JobFolder folder) {
    this.plan = plan;
    this.folder = folder;
    this.slices = Slice.of(plan.tasks(), folder.shard());
  }

  /**
   * What a run needs beside the job.
   *
   * @param translator translates a line as {@link dev.dragoman.Translator#submit} does
   * @param known the lines that are not translated again
   * @param onError what becomes of a line that fails twice
   * @param listener hears about single lines
   * @param interval between two checkpoints
   */
  public record Setup(
      Function<String, CompletableFuture<Translation>> translator,
      RecentLines known,
      OnError onError,
      BatchListener listener,
      Duration interval) {}

  /**
   * Begins the job, or goes on with what was begun.
   *
   * @param settings what the outputs depend on beside the inputs
   * @return whether there was a beginning
   * @throws BatchException if what was begun is another job, or outputs are in the way
   */
  public boolean begin(Map<String, String> settings) throws IOException {
    Journal journal = Journal.of(new TreeMap<>(settings), folder.shard(), plan.tasks());
    Optional<Journal> begun = folder.journal();
    if (begun.isPresent()) {
      refuse(begun.get().difference(journal));
      return true;
    }
    for (Slice slice : slices) {
      if (Files.exists(folder.output(slice.task()))) {
        throw new BatchException(
            folder.output(slice.task())
                + " is there already, and not from this job; move it away or use the setting restart=true");
      }
    }
    folder.begin(journal);
    return false;
  }

  /**
   * Refuses to go on, before a model is loaded for it, if any of these settings has changed; those
   * that are not given are not compared.
   */
  public void check(Map<String, String> settings) throws IOException {
    Optional<Journal> begun = folder.journal();
    if (begun.isPresent()) {
      Map<String, String> all = new TreeMap<>(begun.get().settings());
      all.putAll(settings);
      refuse(begun.get().difference(Journal.of(all, folder.shard(), plan.tasks())));
    }
  }

  private void refuse(Optional<String> difference) throws BatchException {
    if (difference.isPresent()) {
      throw new BatchException(
          folder.path()
              + ": the job that was begun there is another one: "
              + difference.get()
              + "; the setting restart=true begins anew");
    }
  }

  /** Forgets what was begun; outputs that are complete are replaced when their turn comes. */
  public void restart(Map<String, String> settings) throws IOException {
    folder.clear();
    folder.begin(Journal.of(new TreeMap<>(settings), folder.shard(), plan.tasks()));
  }

  /** Says whether there is nothing left to do. */
  public boolean isFinished() throws IOException {
    return folder.journal().isPresent() && folder.checkpoint().state() == Checkpoint.State.FINISHED;
  }

  /**
   * Translates what is left.
   *
   * @throws IOException if it cannot go on; all that was done before is safe then
   */
  public OrderedPipeline.End run(Setup setup) throws IOException {
    LineFailures.Rules rules =
        new LineFailures.Rules(setup.onError(), alone(setup), setup.listener());
    try (BatchWriter writer = BatchWriter.open(folder, slices, rules, setup.interval());
        RecordSource source =
            new RecordSource(
                slices.subList(writer.slice(), slices.size()), plan.format(), writer.records());
        OrderedPipeline<Item, Outcome> pipeline =
            OrderedPipeline.start(
                source,
                text -> setup.known().translate(text, setup.translator()),
                OrderedPipeline.CHARACTERS)) {
      running = new Running(pipeline, writer);
      OrderedPipeline.End end = run(setup, pipeline, writer);
      if (end == OrderedPipeline.End.COMPLETE) {
        folder.deleteParts();
      }
      return end;
    } finally {
      done.countDown();
    }
  }

  private static OrderedPipeline.End run(
      Setup setup, OrderedPipeline<Item, Outcome> pipeline, BatchWriter writer) throws IOException {
    try {
      OrderedPipeline.End end =
          pipeline.forEach(
              line -> {
                line.result().ifPresent(setup.known()::store);
                writer.accept(line);
              });
      writer.end();
      return end;
    } catch (IOException | RuntimeException | Error e) {
      try {
        writer.end();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static Function<String, Translation> alone(Setup setup) {
    return text -> Futures.await(setup.translator().apply(text));
  }

  /**
   * Ends the run from another thread: no further line is begun, those that are being translated are
   * finished if there is time, and everything that is written is made safe.
   *
   * @param patience for the lines that are being translated
   */
  public void stop(Duration patience) throws IOException, InterruptedException {
    Running now = running;
    if (now == null) {
      return;
    }
    now.pipeline().stop();
    if (!done.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      now.writer().end();
    }
  }

  /** Returns how far the job is; nothing before it runs. */
  public Optional<BatchStatus> status() throws IOException {
    Running now = running;
    if (now == null) {
      return Optional.empty();
    }
    return Optional.of(
        new BatchStatus(
            now.writer().slice(),
            slices.size(),
            records(),
            now.pipeline().underWay(),
            now.writer().statistics()));
  }

  /** Opens a sampler, which writes down how the job runs. */
  public Sampler sampler(Optional<Path> metrics) throws IOException {
    return new Sampler(folder, metrics);
  }

  /** Copies the lines that could not be translated to where the user wants them, if anywhere. */
  public void copyErrors(Optional<Path> to) throws IOException {
    if (to.isEmpty()) {
      return;
    }
    String suffix = folder.shard().isAll() ? "" : "." + folder.shard().folder();
    Path file = to.get().resolveSibling(to.get().getFileName() + suffix);
    if (!Files.exists(folder.errors())) {
      return; // it has not begun
    }
    try (InputStream errors = Files.newInputStream(folder.errors());
        OutputStream out = Files.newOutputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      long left = folder.checkpoint().errorBytes();
      while (left > 0) {
        int length = errors.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (length < 0) {
          break;
        }
        out.write(buffer, 0, length);
        left -= length;
      }
    }
  }

  /**
   * Writes a page about it.
   *
   * @param facts shown at its top
   */
  public void report(Path page, Map<String, String> facts) throws IOException {
    Report.write(page, folder, stored(), facts);
  }

  /** Returns the output folder. */
  public Path path() {
    return folder.path();
  }

  /** Returns how far the job is by what lies on disk. */
  public BatchStatus stored() throws IOException {
    Checkpoint checkpoint = folder.checkpoint();
    return new BatchStatus(
        checkpoint.input(), slices.size(), records(), 0, checkpoint.statistics());
  }

  private long records() {
    return slices.stream().mapToLong(Slice::records).sum();
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
