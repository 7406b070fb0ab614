/* What sysinfo tells about the machine as a whole. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define SI_LOAD_SHIFT 16

struct sysinfo {
    long uptime;            /* seconds */
    unsigned long loads[3]; /* over 1, 5 and 15 minutes, times 1 << SI_LOAD_SHIFT */
    unsigned long totalram;
    unsigned long freeram;
    unsigned long sharedram;
    unsigned long bufferram;
    unsigned long totalswap;
    unsigned long freeswap;
    unsigned short procs;
    unsigned short __pad;
    unsigned long totalhigh;
    unsigned long freehigh;
    unsigned int mem_unit; /* bytes for each unit of the sizes above */
};

_Static_assert(sizeof(struct sysinfo) == 112, "struct sysinfo");
