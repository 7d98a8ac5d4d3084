package dev.dragoman.device.cpu;

/**
 * The keys (or values) that one query sees: {@code count} rows, row t at {@code offsets[t]} of its
 * array.
 */
final class KeyRows {
  final int[] offsets;
  int count;

  KeyRows(int capacity) {
    offsets = new int[capacity];
  }

  void add(int offset) {
    offsets[count++] = offset;
  }

  void clear() {
    count = 0;
  }
}
