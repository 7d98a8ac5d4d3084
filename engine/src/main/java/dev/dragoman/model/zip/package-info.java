// SPDX-License-Identifier: Apache-2.0
/**
 * Models in zip archives, read in place: nothing is unpacked to disk, and what is only stored is
 * mapped. Names, sizes and checksums are checked before an entry is handed out.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the format</a>
 */
package dev.dragoman.model.zip;
