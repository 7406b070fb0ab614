/* Shared libraries, which a static program has none of: each call fails and dlerror says why. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define RTLD_LAZY     1
#define RTLD_NOW      2
#define RTLD_NOLOAD   4
#define RTLD_DEEPBIND 8
#define RTLD_GLOBAL   0x100
#define RTLD_LOCAL    0
#define RTLD_NODELETE 0x1000

#define RTLD_NEXT    ((void *)-1L)
#define RTLD_DEFAULT ((void *)0)

typedef struct {
    const char *dli_fname; /* the file that contains the address */
    void *dli_fbase;       /* where it is mapped */
    const char *dli_sname; /* the nearest name below the address */
    void *dli_saddr;       /* and its value */
} Dl_info;

/* NULL: a static program cannot load a library. */
void *dlopen(const char *path, int flags);

/* NULL: a static program keeps no names of its functions. */
void *dlsym(void *restrict library, const char *restrict name);

/* Nonzero: dlopen gave no library. */
int dlclose(void *library);

/* 0: nothing is known of the address. dlerror tells nothing of it. */
int dladdr(const void *address, Dl_info *info);

/* What the thread's last failure was, once; then NULL until the next. */
char *dlerror(void);
