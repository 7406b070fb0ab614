/* The limits on the capacity of pipes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define PIPE_LEAST_PAGES 2     /* of a new pipe if its user has reached the next limit */
#define PIPE_USER_PAGES  16384 /* of all pipes of a user: /proc/sys/fs/pipe-user-pages-soft */
#define PIPE_MOST_PAGES  256   /* the limit of F_SETPIPE_SZ: /proc/sys/fs/pipe-max-size */
