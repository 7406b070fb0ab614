/* Groups, from /etc/group. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "colons.h"
#include "syscall.h"

static FILE *file;
static char *line;
static size_t size;
static char **members;
static struct group entry;

void setgrent(void)
{
    endgrent();
    file = fopen("/etc/group", "re");
}

void endgrent(void)
{
    if (file)
        fclose(file);
    file = NULL;
}

/* Cuts "a,b,c" into a list that ends in NULL. */
static char **split_members(char *text)
{
    size_t n = 1, at = 0;
    char *name;

    for (const char *c = text; *c; c++)
        n += *c == ',';
    char **list = reallocarray(members, n + 1, sizeof(*list));
    if (!list)
        return NULL;
    members = list;
    while ((name = strsep(&text, ",")))
        if (*name)
            list[at++] = name;
    list[at] = NULL;
    return list;
}

struct group *getgrent(void)
{
    char *fields[4];

    if (!file)
        setgrent();
    if (!file || !colons_next(file, &line, &size, fields, 4) || !split_members(fields[3]))
        return NULL;
    entry = (struct group){fields[0], fields[1], (gid_t)atol(fields[2]), members};
    return &entry;
}

struct group *getgrnam(const char *name)
{
    struct group *group;

    setgrent();
    while ((group = getgrent()) && strcmp(group->gr_name, name) != 0)
        ;
    endgrent();
    return group;
}

struct group *getgrgid(gid_t gid)
{
    struct group *group;

    setgrent();
    while ((group = getgrent()) && group->gr_gid != gid)
        ;
    endgrent();
    return group;
}

static int is_member(const struct group *group, const char *user)
{
    for (char **member = group->gr_mem; *member; member++)
        if (strcmp(*member, user) == 0)
            return 1;
    return 0;
}

int getgrouplist(const char *user, gid_t first, gid_t *groups, int *n)
{
    struct group *group;
    int found = 1, room = *n;

    if (room > 0)
        groups[0] = first;
    setgrent();
    while ((group = getgrent()))
        if (group->gr_gid != first && is_member(group, user)) {
            if (found < room)
                groups[found] = group->gr_gid;
            found++;
        }
    endgrent();
    *n = found;
    return found > room ? -1 : found;
}

int initgroups(const char *user, gid_t group)
{
    int n = 256;
    gid_t groups[256];

    if (getgrouplist(user, group, groups, &n) < 0)
        n = 256;
    return setgroups((size_t)n, groups);
}
