package dev.dragoman.device;

/**
 * How much work suits a device.
 *
 * @param workers lines of execution that run side by side without slowing each other
 * @param rows rows of a decoder step from which more rows hardly help
 * @param stepsAhead steps that are asked for before the host looks at what the first of them did,
 *     so that the device has work meanwhile; 0 where the host itself computes
 * @param freeBytes memory that could still be taken
 */
public record DeviceCapacity(int workers, int rows, int stepsAhead, long freeBytes) {}
