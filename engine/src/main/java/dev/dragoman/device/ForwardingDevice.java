// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.List;
import java.util.function.Consumer;

/** Passes everything on to another device; a subclass overrides what it changes. */
public abstract class ForwardingDevice extends InterceptingDevice {
  protected final Device device;

  /** Passes on to {@code device}, which is closed with this. */
  protected ForwardingDevice(Device device) {
    this.device = device;
  }

  @Override
  protected void perform(String operation, Consumer<Device> call) {
    call.accept(device);
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String arithmetic() {
    return device.arithmetic();
  }

  @Override
  public List<Inspection.Fact> facts() {
    return device.facts();
  }

  @Override
  public DeviceCapacity capacity() {
    return device.capacity();
  }

  @Override
  public long freeBytes() {
    return device.freeBytes();
  }

  @Override
  public long bytesHeld() {
    return device.bytesHeld();
  }

  @Override
  public Tensor allocate(DataType type, Shape shape) {
    return device.allocate(type, shape);
  }

  @Override
  public KeyValueCache allocateCache(Shape shape, int heads) {
    return device.allocateCache(shape, heads);
  }

  @Override
  public KeyValueCache allocateSourceCache(Shape shape, int heads) {
    return device.allocateSourceCache(shape, heads);
  }

  @Override
  public Tensor allocateShared(DataType type, Shape shape) {
    return device.allocateShared(type, shape);
  }

  @Override
  public Snapshot snapshot(Tensor of) {
    return device.snapshot(of);
  }

  @Override
  public Linear pack(HostTensor weight, float[] bias) {
    return device.pack(weight, bias);
  }

  @Override
  public Linear packWords(HostTensor weight) {
    return device.packWords(weight);
  }

  @Override
  public Linear packForShortlists(HostTensor weight) {
    return device.packForShortlists(weight);
  }

  @Override
  public void tune(FeedForwardWeights weights) {
    device.tune(weights);
  }

  @Override
  public void upload(float[] from, Tensor to) {
    device.upload(from, to);
  }

  @Override
  public void upload(int[] from, Tensor to) {
    device.upload(from, to);
  }

  @Override
  public void download(Tensor from, float[] to) {
    device.download(from, to);
  }

  @Override
  public void download(Tensor from, int[] to) {
    device.download(from, to);
  }

  @Override
  public void peek(Tensor shared, float[] to) {
    device.peek(shared, to);
  }

  @Override
  public void peek(Tensor shared, int[] to) {
    device.peek(shared, to);
  }

  @Override
  public void synchronize() {
    device.synchronize();
  }

  @Override
  public WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows) {
    return device.searchAmong(words, bias, state, rows);
  }

  @Override
  public Runnable record(Runnable step) {
    return device.record(step);
  }

  /** {@inheritDoc} Only a subclass knows what its forks do. */
  @Override
  public abstract Device fork();

  @Override
  public void close() {
    device.close();
  }
}
