/* getpwnam_r and its family: entries of /etc/passwd and /etc/group in the caller's memory. Each
 * call reads the file for itself, so that threads do not disturb each other. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "colons.h"

/* The entry that is looked for: by its name, or by its number if there is none. */
struct wanted {
    const char *path, *name;
    unsigned int id;
    int n_fields;
};

/* The caller's memory. */
struct room {
    char *at;
    size_t left;
};

/* Copies the line's fields into the caller's memory: 0, ENOENT, ERANGE or the error of fopen. */
static int look_up(const struct wanted *wanted, char *fields[], struct room *room)
{
    FILE *file = fopen(wanted->path, "re");
    char *line = NULL;
    size_t size = 0;
    int result = ENOENT;

    if (!file)
        return errno;
    while (result == ENOENT && colons_next(file, &line, &size, fields, wanted->n_fields)) {
        bool same = wanted->name ? strcmp(fields[0], wanted->name) == 0
                                 : strtoul(fields[2], NULL, 10) == wanted->id;
        if (!same)
            continue;
        result = 0;
        for (int i = 0; i < wanted->n_fields; i++) {
            size_t length = strlen(fields[i]) + 1;

            if (length > room->left) {
                result = ERANGE;
                break;
            }
            fields[i] = memcpy(room->at, fields[i], length);
            room->at += length;
            room->left -= length;
        }
    }
    free(line);
    fclose(file);
    return result;
}

static int find_user(const struct wanted *wanted, struct passwd *user, struct room room,
                     struct passwd **result)
{
    char *fields[7] = {0};
    int error = look_up(wanted, fields, &room);

    *result = error ? NULL : user;
    if (error)
        return error == ENOENT ? 0 : error;
    *user = (struct passwd){
        .pw_name = fields[0],
        .pw_passwd = fields[1],
        .pw_uid = (uid_t)strtoul(fields[2], NULL, 10),
        .pw_gid = (gid_t)strtoul(fields[3], NULL, 10),
        .pw_gecos = fields[4],
        .pw_dir = fields[5],
        .pw_shell = fields[6],
    };
    return 0;
}

int getpwnam_r(const char *name, struct passwd *user, char *buf, size_t size,
               struct passwd **result)
{
    const struct wanted wanted = {"/etc/passwd", name, 0, 7};

    return find_user(&wanted, user, (struct room){buf, size}, result);
}

int getpwuid_r(uid_t uid, struct passwd *user, char *buf, size_t size, struct passwd **result)
{
    const struct wanted wanted = {"/etc/passwd", NULL, uid, 7};

    return find_user(&wanted, user, (struct room){buf, size}, result);
}

/* The list of a group's members, at an address for pointers; NULL if there is no room. */
static char **split_members(char *text, struct room room)
{
    size_t n = 0, gap = -(size_t)room.at % sizeof(char *);
    char **list = (char **)(void *)(room.at + gap), *name;

    if (gap > room.left)
        return NULL;
    room.left -= gap;
    while ((name = strsep(&text, ","))) {
        if (!*name)
            continue;
        if (room.left < (n + 2) * sizeof(char *))
            return NULL;
        list[n++] = name;
    }
    if (room.left < (n + 1) * sizeof(char *))
        return NULL;
    list[n] = NULL;
    return list;
}

static int find_group(const struct wanted *wanted, struct group *group, struct room room,
                      struct group **result)
{
    char *fields[4] = {0};
    int error = look_up(wanted, fields, &room);
    char **members = error ? NULL : split_members(fields[3], room);

    *result = members ? group : NULL;
    if (error)
        return error == ENOENT ? 0 : error;
    if (!members)
        return ERANGE;
    *group = (struct group){fields[0], fields[1], (gid_t)strtoul(fields[2], NULL, 10), members};
    return 0;
}

int getgrnam_r(const char *name, struct group *group, char *buf, size_t size, struct group **result)
{
    const struct wanted wanted = {"/etc/group", name, 0, 4};

    return find_group(&wanted, group, (struct room){buf, size}, result);
}

int getgrgid_r(gid_t gid, struct group *group, char *buf, size_t size, struct group **result)
{
    const struct wanted wanted = {"/etc/group", NULL, gid, 4};

    return find_group(&wanted, group, (struct room){buf, size}, result);
}
