package dev.dragoman;

import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.pipeline.Activity;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.search.Search;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Translates text with one model on one device or several. Safe to call from several threads.
 *
 * <pre>{@code
 * try (Translator translator = Translator.load(Path.of("models/fr-en"), TranslationOptions.defaults())) {
 *   System.out.println(translator.translate("Je suis étudiant.").text());
 * }
 * }</pre>
 *
 * <p>All memory is taken at load. The same text gives the same translation whatever is translated
 * beside it. Every line gives one {@link Translation}; one that cannot be translated says why and
 * leaves the others alone.
 */
public final class Translator implements AutoCloseable {
  /** Lines under way for each slot: enough to hide that some take longer than others. */
  private static final int LINES_PER_SLOT = 8;

  private final Model model;
  private final Engine engine;
  private final Parts parts;

  private Translator(Model model, Engine engine, TranslationOptions options) {
    this.model = model;
    this.engine = engine;
    this.parts =
        new Parts(
            new LineTranslator(model, engine, options),
            new HypothesisText(model.tokenizer(), Search.of(options, model.config()), options),
            new TextThreads());
  }

  /** What lines go through: before the engine, after it, and on which threads. */
  record Parts(LineTranslator lines, HypothesisText text, TextThreads threads) {

    CompletableFuture<LineTranslator.Tokenized> tokenize(String line) {
      return CompletableFuture.supplyAsync(() -> lines.tokenize(line), threads);
    }
  }

  /**
   * Loads a model.
   *
   * @param model its directory; see {@link Models#open}
   * @throws dev.dragoman.model.ModelFormatException if the model is missing, broken or not
   *     supported
   * @throws dev.dragoman.device.DeviceUnavailableException if the device is not there
   * @throws dev.dragoman.natives.UnpackException if there is no folder for native libraries
   * @throws IllegalArgumentException if the options ask for more memory than there is
   */
  public static Translator load(Path model, TranslationOptions options) {
    return load(Models.open(model), options);
  }

  /** Loads a model that has been opened. */
  public static Translator load(Model model, TranslationOptions options) {
    model.requireLanguages();
    return load(model, open(options), options);
  }

  /** Opens the devices that these options ask for. */
  public static List<Device> open(TranslationOptions options) {
    return Devices.openAll(options.device(), options.precision().type(), options.volume());
  }

  /**
   * Loads a model onto a device that has been opened.
   *
   * @param device closed with the translator
   * @param options of which device and precision are passed over
   */
  public static Translator load(Model model, Device device, TranslationOptions options) {
    return load(model, List.of(device), options);
  }

  /**
   * Loads a model onto each of several devices, which translate from one queue. Should one of them
   * be lost, the others translate its sentences.
   *
   * @param devices closed with the translator
   * @param options of which device and precision are passed over
   */
  public static Translator load(Model model, List<Device> devices, TranslationOptions options) {
    try {
      return new Translator(model, Engine.start(model, devices, options), options);
    } catch (RuntimeException | Error e) {
      devices.forEach(Device::close);
      throw e;
    }
  }

  /** Translates one line of text. */
  public Translation translate(String line) {
    return translate(List.of(line)).get(0);
  }

  /**
   * Translates lines of text.
   *
   * @return one translation for each, in order
   * @throws dev.dragoman.device.NoDeviceLeftException if every device was lost on the way
   */
  public List<Translation> translate(List<String> texts) {
    List<CompletableFuture<LineTranslator.Tokenized>> tokenized =
        texts.stream().map(parts::tokenize).toList();
    List<CompletableFuture<Translation>> pending = new ArrayList<>(texts.size());
    List<Translation> translations = new ArrayList<>(texts.size());
    try {
      for (CompletableFuture<LineTranslator.Tokenized> line : tokenized) {
        PendingLine submitted = parts.lines().submit(TextThreads.await(line));
        pending.add(submitted.translation(parts.text(), parts.threads()));
      }
      for (CompletableFuture<Translation> line : pending) {
        translations.add(TextThreads.await(line));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while translating", e);
    }
    return translations;
  }

  /**
   * Translates any number of lines, in order, with a bounded number of them under way. The lines
   * are read by another thread, ahead of the result; close the result if it is not read to its end.
   *
   * @throws RuntimeException from the result's reading, if reading {@code texts} threw it
   * @throws dev.dragoman.device.NoDeviceLeftException from the result's reading, at the first line
   *     that was not done when the last device was lost
   */
  public Stream<Translation> translate(Stream<String> texts) {
    OrderedTranslations ordered =
        new OrderedTranslations(texts, parts, LINES_PER_SLOT * engine.slots());
    int character = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(ordered, character), false)
        .onClose(ordered::close);
  }

  /** The model that is loaded. */
  public Model model() {
    return model;
  }

  /** What computes: the devices and their precision. */
  public String devices() {
    return engine.deviceNames();
  }

  /** What the translations depend on beside model and options: {@link Device#arithmetic()}. */
  public String arithmetic() {
    return engine.devices().get(0).arithmetic();
  }

  /** Sentences that wait for a free slot. */
  public int waiting() {
    return engine.waiting();
  }

  /** Bytes of the devices that are taken. */
  public long deviceBytes() {
    return engine.deviceBytes();
  }

  /** What computes, for people: device, precision, workers, slots and memory. */
  public String description() {
    return engine.description();
  }

  /** Sentences that can be in flight at once. */
  public int slots() {
    return engine.slots();
  }

  /** What the workers have done so far. */
  public Activity activity() {
    return engine.activity();
  }

  /** Lines of execution, of all devices. */
  public int workers() {
    return engine.workers();
  }

  /** Stops the workers and gives the memory back; what is being translated fails. */
  @Override
  public void close() {
    engine.close();
    parts.threads().close();
  }
}
