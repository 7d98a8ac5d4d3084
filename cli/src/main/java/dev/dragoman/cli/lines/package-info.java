/** Lines in, translations out, in order: what every command that translates a text shares. */
package dev.dragoman.cli.lines;
