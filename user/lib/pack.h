/* Writes files and folders as a cpio archive (newc), the format in which tools/vm gave the image.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* Writes what `from` points to, a folder with all that is in it, under the name `called`. What
 * cannot be read becomes an entry of no kind (mode 0) whose contents are the reason. False when fd
 * takes no more. */
bool pack_tree(int fd, const char *from, const char *called);
/* Writes the archive's end. */
bool pack_end(int fd);
