/* Figures about the machine as a whole. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/sysinfo.h>

int sysinfo(struct sysinfo *info);
int get_nprocs(void);
int get_nprocs_conf(void);
