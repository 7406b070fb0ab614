/* Users: /etc/passwd. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

struct passwd {
    char *pw_name;
    char *pw_passwd;
    uid_t pw_uid;
    gid_t pw_gid;
    char *pw_gecos;
    char *pw_dir;
    char *pw_shell;
};

struct passwd *getpwnam(const char *name);
struct passwd *getpwuid(uid_t uid);
struct passwd *getpwent(void);

/* The same in the caller's memory: *result is `user`, or NULL if there is none. 0, ERANGE if size
 * is too small, or another error. */
int getpwnam_r(const char *name, struct passwd *user, char *buf, size_t size,
               struct passwd **result);
int getpwuid_r(uid_t uid, struct passwd *user, char *buf, size_t size, struct passwd **result);
void setpwent(void);
void endpwent(void);
