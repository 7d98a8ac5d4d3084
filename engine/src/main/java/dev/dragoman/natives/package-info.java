/** Native libraries come in jars and are loaded from files: where these files are put. */
package dev.dragoman.natives;
