package dev.dragoman.device;

import java.util.Optional;

/**
 * A device that someone wants.
 *
 * @param ordinal which one of its kind, from 0
 * @param precision the type of products; empty for the device's own choice
 */
public record DeviceRequest(int ordinal, Optional<DataType> precision) {}
