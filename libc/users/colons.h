/* Lines of /etc/passwd and /etc/group: fields between colons. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

/* Reads the next line that has at least `n` fields; false at the end. The fields are valid until
 * the next call with the same line. */
int colons_next(FILE *file, char **line, size_t *size, char *fields[], int n);
