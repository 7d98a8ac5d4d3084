package dev.dragoman.device;

/**
 * How much work suits a device.
 *
 * @param workers lines of execution that run side by side without slowing each other
 * @param rows rows of a decoder step from which more rows hardly help
 * @param freeBytes memory that could still be taken
 */
public record DeviceCapacity(int workers, int rows, long freeBytes) {}
