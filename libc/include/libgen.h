/* Parts of a path; both functions may write to their argument. */
/* SPDX-License-Identifier: MIT */
#pragma once

char *basename(char *path);
char *dirname(char *path);
