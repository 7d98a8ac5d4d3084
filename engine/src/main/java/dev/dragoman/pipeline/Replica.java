// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.Device;
import dev.dragoman.device.OutOfDeviceMemoryException;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.Model;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.text.OneLine;
import dev.dragoman.transformer.Session;
import dev.dragoman.transformer.Transformer;
import dev.dragoman.transformer.Transformer.OutputVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model on one device, with all memory that it will take, and with the fate of its workers: when
 * the device is lost, all of them end, and the last of them knows how many sentences the other
 * devices have to take over.
 */
final class Replica {
  private final Device device;
  private final Sizing sizing;
  private final List<Session> sessions;
  private int running;
  private int moved;
  private Throwable loss;

  /**
   * Holds a model on a device that works.
   *
   * @param sessions one for each worker
   */
  Replica(Device device, Sizing sizing, List<Session> sessions) {
    this.device = device;
    this.sizing = sizing;
    this.sessions = List.copyOf(sessions);
    this.running = sizing.workers();
  }

  /**
   * Loads the weights and opens the sessions, all or none.
   *
   * @throws TooLittleMemoryException if the device has too little memory for it, with what would
   *     fit
   */
  static Replica load(Model model, Device device, EngineOptions options, SearchRules rules) {
    OutputVocabulary vocabulary =
        options.shortlist() == ShortlistSource.NONE
            ? OutputVocabulary.ALL_WORDS
            : OutputVocabulary.SHORTLIST;
    Transformer transformer = loadWeights(model, device, vocabulary);
    Sizing sizing =
        Sizing.of(options, model.config(), rules, device.capacity(), device.freeBytes());
    List<Device> forks = new ArrayList<>();
    List<Session> sessions = new ArrayList<>();
    try {
      for (int i = 0; i < sizing.workers(); i++) {
        Device fork = device.fork();
        forks.add(fork);
        sessions.add(transformer.open(fork, sizing.session(), rules));
      }
    } catch (OutOfDeviceMemoryException e) {
      forks.forEach(Device::close);
      String fits =
          sizing.smaller(
              options, model.config(), device.capacity().activations(), device.freeBytes());
      throw new TooLittleMemoryException(e.getMessage() + ": " + fits, e);
    } catch (RuntimeException | Error e) {
      forks.forEach(Device::close);
      throw e;
    }
    return new Replica(device, sizing, sessions);
  }

  private static Transformer loadWeights(Model model, Device device, OutputVocabulary vocabulary) {
    try {
      return Transformer.load(model.config(), model.weights(), device, vocabulary);
    } catch (OutOfDeviceMemoryException e) {
      throw new TooLittleMemoryException(
          "the model's weights do not fit, with any number of slots and any beam: "
              + e.getMessage()
              + ": take a device with more memory, or one that others use less",
          e);
    }
  }

  Device device() {
    return device;
  }

  /** Names the device for messages. */
  String name() {
    return device.name();
  }

  int workers() {
    return sizing.workers();
  }

  /** Counts the sentences that can be in flight, of all workers together. */
  int slots() {
    return sizing.workers() * sizing.session().slots();
  }

  /** Returns how much each session holds. */
  Session.Size sessionSize() {
    return sizing.session();
  }

  /** Returns a session for each worker. */
  List<Session> sessions() {
    return sessions;
  }

  /** Gives the sessions' memory back; the device and the weights stay. */
  void closeSessions() {
    sessions.forEach(session -> session.device().close());
  }

  /** Returns why the device is lost, if it is. */
  synchronized Optional<Throwable> loss() {
    return Optional.ofNullable(loss);
  }

  /** Marks the device as lost; the first reason stays. */
  synchronized void lose(Throwable reason) {
    loss = loss == null ? reason : loss;
  }

  /**
   * Notes that a worker ends and leaves so many sentences to the other devices.
   *
   * @return how many all workers have left, once this is the last of them
   */
  synchronized Optional<Integer> workerEnds(int sentences) {
    moved += sentences;
    running--;
    return running == 0 ? Optional.of(moved) : Optional.empty();
  }

  /** Names the device and what failed on it, in one line. */
  @Override
  public synchronized String toString() {
    return loss == null ? name() : name() + ": " + OneLine.of(loss);
  }
}
