// SPDX-License-Identifier: Apache-2.0
/**
 * How sentences flow: the engine with its queue, one worker for each fork of a device that keeps
 * the slots of its session full, and the ordered way of lines from a source to a consumer.
 */
package dev.dragoman.pipeline;
