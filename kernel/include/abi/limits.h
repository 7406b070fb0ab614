/* The lengths that Linux promises to programs. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define NAME_MAX           255    /* bytes of a name in a directory, without its '\0' */
#define PATH_MAX           4096   /* bytes of a path given to a call, with its '\0' */
#define ARG_MAX            131072 /* what exec accepts at the least */
#define MAX_ARG_STRLEN     131072 /* bytes of one string of argv or envp, with its '\0' */
#define PIPE_BUF           4096   /* a write to a pipe of up to so much is never torn apart */
#define NGROUPS_MAX        65536
#define IOV_MAX            1024
#define LINK_MAX           127 /* what POSIX names; the RAM file system allows more */
#define SYMLINK_FOLLOW_MAX 40  /* links followed in one look-up before ELOOP */
#define HOST_NAME_MAX      64
#define TTY_NAME_MAX       32
#define COMM_MAX           16 /* bytes of a thread's name, with its '\0' */
