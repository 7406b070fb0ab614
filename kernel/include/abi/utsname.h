/* What uname tells: six strings of at most 64 bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

struct utsname {
    char sysname[65];
    char nodename[65];
    char release[65];
    char version[65];
    char machine[65];
    char domainname[65];
};

_Static_assert(sizeof(struct utsname) == 390, "struct utsname");
