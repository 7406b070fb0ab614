/* A call under fault injection: how to make it so that it succeeds, and how to take it back. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct inject_case {
    const char *name;
    long (*call)(int fail_fd); /* the bare call; -errno */
    void (*undo)(long result); /* after success; may be NULL */
    void (*prepare)(void);     /* before it, may be NULL */
    void (*clean)(void);       /* afterwards, always; may be NULL */
    bool keeps; /* what a failed call got ready in a file stays there until it is cut */
    bool forks; /* user memory is shared afterwards: touching it allocates */
};

extern const struct inject_case cases[];
extern const size_t n_cases;
/* Calls that have no case, each with its reason. */
extern const char *const without[];
extern const size_t n_without;

void make_world(void);
