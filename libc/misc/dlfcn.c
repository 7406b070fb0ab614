/* dlopen and its family in a static program: each fails, and dlerror says why. */
/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <stddef.h>

static _Thread_local const char *trouble;

void *dlopen(const char *path, int flags)
{
    (void)path;
    (void)flags;
    trouble = "a static program cannot load a shared library";
    return NULL;
}

void *dlsym(void *restrict library, const char *restrict name)
{
    (void)library;
    (void)name;
    trouble = "a static program keeps no names of its functions";
    return NULL;
}

int dlclose(void *library)
{
    (void)library;
    trouble = "this is no library that dlopen gave";
    return -1;
}

int dladdr(const void *address, Dl_info *info)
{
    (void)address;
    (void)info;
    return 0;
}

char *dlerror(void)
{
    const char *text = trouble;

    trouble = NULL;
    return (char *)text;
}
