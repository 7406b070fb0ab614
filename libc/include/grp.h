/* Groups: /etc/group. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

struct group {
    char *gr_name;
    char *gr_passwd;
    gid_t gr_gid;
    char **gr_mem;
};

struct group *getgrnam(const char *name);
struct group *getgrgid(gid_t gid);
struct group *getgrent(void);

/* The same in the caller's memory, as getpwnam_r (pwd.h). */
int getgrnam_r(const char *name, struct group *group, char *buf, size_t size,
               struct group **result);
int getgrgid_r(gid_t gid, struct group *group, char *buf, size_t size, struct group **result);
void setgrent(void);
void endgrent(void);
int setgroups(size_t n, const gid_t groups[]);
int getgrouplist(const char *user, gid_t group, gid_t *groups, int *n);
int initgroups(const char *user, gid_t group);
