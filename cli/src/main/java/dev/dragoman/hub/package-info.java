/**
 * Models from the Hugging Face hub: its HTTP interface, and the cache that all of its programs
 * share. Knows nothing of commands and terminals.
 */
package dev.dragoman.hub;
