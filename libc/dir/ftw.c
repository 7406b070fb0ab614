/* ftw and nftw. The names in a directory are read at once, and it is closed before the walk
 * descends, so that one descriptor is open at a time. The path is in one buffer, which names are
 * added to and removed from; the directories that it goes through form a chain on the stack. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

struct walk {
    char *path;
    size_t room;
    int flags;
    bool is_nftw;
    dev_t device;
    int (*visit)(const char *, const struct stat *, int);
    int (*visit_place)(const char *, const struct stat *, int, struct FTW *);
};

struct above {
    dev_t device;
    ino_t inode;
    const struct above *next;
};

struct names {
    struct dirent **list;
    int n;
};

static int walk_at(struct walk *walk, size_t length, struct FTW place, const struct above *above);

static int call(struct walk *walk, const struct stat *stat, int kind, struct FTW place)
{
    if (!walk->is_nftw)
        return walk->visit(walk->path, stat, kind);
    return walk->visit_place(walk->path, stat, kind, &place);
}

/* What kind of file is at the path? -1 if the walk cannot go on. */
static int examine(struct walk *walk, struct stat *stat)
{
    bool physical = walk->flags & FTW_PHYS;
    const char *path = walk->path;

    if ((physical ? lstat(path, stat) : fstatat(AT_FDCWD, path, stat, 0)) < 0) {
        if (!physical && lstat(path, stat) == 0 && S_ISLNK(stat->st_mode))
            return walk->is_nftw ? FTW_SLN : FTW_NS;
        return errno == EACCES || errno == ENOENT ? FTW_NS : -1;
    }
    if (S_ISDIR(stat->st_mode))
        return FTW_D;
    return S_ISLNK(stat->st_mode) ? FTW_SL : FTW_F;
}

static int append(struct walk *walk, size_t length, const char *name)
{
    size_t more = strlen(name) + 2;

    if (length + more > walk->room) {
        size_t room = (length + more) * 2;
        char *path = realloc(walk->path, room);

        if (!path)
            return -1;
        walk->path = path;
        walk->room = room;
    }
    if (length > 0 && walk->path[length - 1] != '/')
        walk->path[length++] = '/';
    strcpy(walk->path + length, name);
    return (int)length;
}

/* Walks through the names in a directory, unless the result is not 0 already, and frees them. */
static int walk_names(struct walk *walk, size_t length, int level, const struct above *above,
                      struct names *names, int result)
{
    for (int i = 0; i < names->n; i++) {
        const char *name = names->list[i]->d_name;

        if (result == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            int base = append(walk, length, name);

            result =
                base < 0 ? -1 : walk_at(walk, strlen(walk->path), (struct FTW){base, level}, above);
            walk->path[length] = '\0';
        }
        free(names->list[i]);
    }
    free(names->list);
    return result;
}

static bool is_above(const struct above *above, const struct stat *stat)
{
    for (; above; above = above->next)
        if (above->device == stat->st_dev && above->inode == stat->st_ino)
            return true;
    return false;
}

static int walk_directory(struct walk *walk, size_t length, struct FTW place,
                          const struct stat *stat, const struct above *above)
{
    struct above here = {stat->st_dev, stat->st_ino, above};
    bool depth_first = walk->flags & FTW_DEPTH;
    struct names names = {0};

    names.n = scandir(walk->path, &names.list, NULL, NULL);
    if (names.n < 0)
        return errno == EACCES ? call(walk, stat, FTW_DNR, place) : -1;
    int result = depth_first ? 0 : call(walk, stat, FTW_D, place);
    result = walk_names(walk, length, place.level + 1, &here, &names, result);
    return result == 0 && depth_first ? call(walk, stat, FTW_DP, place) : result;
}

static int walk_at(struct walk *walk, size_t length, struct FTW place, const struct above *above)
{
    struct stat stat;
    int kind = examine(walk, &stat);

    if (kind < 0 || (kind == FTW_NS && place.level == 0))
        return -1;
    if (place.level == 0)
        walk->device = stat.st_dev;
    if (walk->flags & FTW_MOUNT && kind != FTW_NS && stat.st_dev != walk->device)
        return 0;
    if (kind == FTW_D && is_above(above, &stat))
        return 0;
    return kind == FTW_D ? walk_directory(walk, length, place, &stat, above)
                         : call(walk, &stat, kind, place);
}

static int begin(struct walk *walk, const char *path)
{
    size_t length = strlen(path);

    if (append(walk, 0, path) < 0)
        return -1;
    while (length > 1 && walk->path[length - 1] == '/')
        walk->path[--length] = '\0';
    const char *slash = strrchr(walk->path, '/');
    int base = slash && slash[1] ? (int)(slash + 1 - walk->path) : 0;
    int result = walk_at(walk, length, (struct FTW){base, 0}, NULL);
    free(walk->path);
    return result;
}

int ftw(const char *path, int (*visit)(const char *path, const struct stat *stat, int kind),
        int most)
{
    struct walk walk = {.visit = visit};

    (void)most;
    return begin(&walk, path);
}

int nftw(const char *path,
         int (*visit)(const char *path, const struct stat *stat, int kind, struct FTW *place),
         int most, int flags)
{
    struct walk walk = {.flags = flags, .is_nftw = true, .visit_place = visit};

    (void)most;
    return flags & FTW_CHDIR ? fail(ENOSYS) : begin(&walk, path);
}
