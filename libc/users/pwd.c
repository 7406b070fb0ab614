/* Users, from /etc/passwd. */
/* SPDX-License-Identifier: MIT */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include "colons.h"

static FILE *file;
static char *line;
static size_t size;
static struct passwd entry;

void setpwent(void)
{
    endpwent();
    file = fopen("/etc/passwd", "re");
}

void endpwent(void)
{
    if (file)
        fclose(file);
    file = NULL;
}

struct passwd *getpwent(void)
{
    char *fields[7];

    if (!file)
        setpwent();
    if (!file || !colons_next(file, &line, &size, fields, 7))
        return NULL;
    entry = (struct passwd){
        .pw_name = fields[0],
        .pw_passwd = fields[1],
        .pw_uid = (uid_t)atol(fields[2]),
        .pw_gid = (gid_t)atol(fields[3]),
        .pw_gecos = fields[4],
        .pw_dir = fields[5],
        .pw_shell = fields[6],
    };
    return &entry;
}

struct passwd *getpwnam(const char *name)
{
    struct passwd *user;

    setpwent();
    while ((user = getpwent()) && strcmp(user->pw_name, name) != 0)
        ;
    endpwent();
    return user;
}

struct passwd *getpwuid(uid_t uid)
{
    struct passwd *user;

    setpwent();
    while ((user = getpwent()) && user->pw_uid != uid)
        ;
    endpwent();
    return user;
}
