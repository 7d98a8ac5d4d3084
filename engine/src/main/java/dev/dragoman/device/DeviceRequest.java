package dev.dragoman.device;

/**
 * A device that someone wants.
 *
 * @param ordinal which one of its kind, from 0
 * @param precision the type of products; F32 is the reference
 */
public record DeviceRequest(int ordinal, DataType precision) {}
