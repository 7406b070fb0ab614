/* os.walk: visits a tree of directories, one at each call, with a stack instead of recursion.
 *
 * The stack has a level for each directory on the way from the top to the present one. A level
 * holds the names in its directory and the number of the subdirectory to enter next. os_walk_next()
 * works on the last level until it has a directory to return. From the top down it returns a
 * directory when it is read, and enters the subdirectories afterwards: so the caller may reorder or
 * shorten their list meanwhile. From the bottom up it enters them first and returns the directory
 * when there are no more.
 *
 * Symbolic links to directories are listed as directories, but only entered with followlinks. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

/* A directory on the way: its names, and which of its subdirectories is next. */
struct level {
    struct os_walk_result result;
    bool *descend; /* from the bottom up: which of dirnames to enter */
    size_t next;
    bool given; /* it has been returned to the caller */
};

struct os_walk {
    bool topdown, followlinks;
    void (*onerror)(const char *path, int error);
    char *top; /* until the first directory is read */
    struct level *levels;
    size_t n, room;
};

static void free_names(char **names)
{
    for (char **name = names; name && *name; name++)
        free(*name);
    free(names);
}

static void free_level(struct level *level)
{
    free(level->result.dirpath);
    free(level->result.dirnames);
    free(level->result.filenames);
    free(level->descend);
    *level = (struct level){0};
}

/* A growing list of names, from which pack_names makes one block. */
struct names {
    char **list;
    size_t n, room, text;
};

static int add_name(struct names *names, const char *name)
{
    if (names->n + 1 >= names->room) {
        size_t room = names->room * 2 + 16;
        char **grown = reallocarray(names->list, room, sizeof(*grown));

        if (!grown)
            return -1;
        names->list = grown;
        names->room = room;
    }
    char *copy = strdup(name);
    if (!copy)
        return -1;
    names->list[names->n++] = copy;
    names->list[names->n] = NULL;
    names->text += strlen(name) + 1;
    return 0;
}

/* Makes one block of a list: the pointers, which the caller of os.walk may change, then the
 * names. */
static char **pack_names(struct names *names)
{
    char **list = malloc((names->n + 1) * sizeof(*list) + names->text);

    if (list) {
        char *to = (char *)(list + names->n + 1);

        for (size_t i = 0; i < names->n; i++) {
            list[i] = to;
            to = stpcpy(to, names->list[i]) + 1;
        }
        list[names->n] = NULL;
    }
    free_names(names->list);
    return list;
}

static int add_entry(struct os_walk *walk, struct level *level, const struct os_DirEntry *entry,
                     struct names *dirs, struct names *files)
{
    bool is_dir = os_DirEntry_is_dir(entry, true) == 1;

    if (!is_dir)
        return add_name(files, entry->name);
    if ((dirs->n & (dirs->n + 1)) == 0) { /* the flags grow when n is one less than a power of 2 */
        bool *grown = realloc(level->descend, dirs->n * 2 + 2);

        if (!grown)
            return -1;
        level->descend = grown;
    }
    level->descend[dirs->n] = walk->followlinks || os_DirEntry_is_symlink(entry) != 1;
    return add_name(dirs, entry->name);
}

/* Reads one directory into a level. 1: it is read; 0: it cannot be read, and onerror has been
 * called; -1: no memory. */
static int read_level(struct os_walk *walk, struct level *level, const char *path)
{
    struct names dirs = {0}, files = {0};
    struct os_DirEntry *entry;
    int result = 0;

    *level = (struct level){0};
    struct os_scandir *scan = os_scandir(path);
    while (scan && result == 0 && (entry = os_scandir_next(scan))) {
        result = add_entry(walk, level, entry, &dirs, &files);
        free(entry);
    }
    int error = errno;
    if (scan)
        os_scandir_close(scan);
    if (result == 0 && (!scan || error)) {
        if (walk->onerror)
            walk->onerror(path, error);
        free_names(dirs.list);
        free_names(files.list);
        free(level->descend);
        return 0;
    }
    level->result.dirnames = pack_names(&dirs);
    level->result.filenames = pack_names(&files);
    level->result.dirpath = strdup(path);
    if (result == 0 && level->result.dirnames && level->result.filenames && level->result.dirpath)
        return 1;
    free_level(level);
    return fail(ENOMEM);
}

static int push(struct os_walk *walk, const char *path)
{
    if (walk->n == walk->room) {
        size_t room = walk->room * 2 + 8;
        struct level *grown = reallocarray(walk->levels, room, sizeof(*grown));

        if (!grown)
            return -1;
        walk->levels = grown;
        walk->room = room;
    }
    int read = read_level(walk, &walk->levels[walk->n], path);
    walk->n += read > 0;
    return read < 0 ? -1 : 0;
}

/* The path of the next subdirectory to enter, or NULL. From the top down, it is only now checked
 * whether a name is a link, because the caller may have changed the list. */
static char *next_path(struct os_walk *walk, struct level *level)
{
    char *name;

    while ((name = level->result.dirnames[level->next])) {
        bool enter = walk->topdown || level->descend[level->next];

        level->next++;
        if (!enter)
            continue;
        char *path = os_path_join(level->result.dirpath, name);
        if (path && walk->topdown && !walk->followlinks && os_path_islink(path)) {
            free(path);
            continue;
        }
        return path;
    }
    errno = 0;
    return NULL;
}

struct os_walk *os_walk(const char *top, bool topdown, void (*onerror)(const char *path, int error),
                        bool followlinks)
{
    struct os_walk *walk = calloc(1, sizeof(*walk));

    if (!walk)
        return NULL;
    walk->topdown = topdown;
    walk->followlinks = followlinks;
    walk->onerror = onerror;
    walk->top = strdup(top);
    if (walk->top)
        return walk;
    free(walk);
    return NULL;
}

static int start(struct os_walk *walk)
{
    char *top = walk->top;

    if (!top)
        return 0;
    walk->top = NULL;
    int result = push(walk, top);
    free(top);
    return result;
}

struct os_walk_result *os_walk_next(struct os_walk *walk)
{
    if (start(walk) < 0)
        return NULL;
    while (walk->n > 0) {
        struct level *level = &walk->levels[walk->n - 1];

        if (walk->topdown && !level->given) {
            level->given = true;
            return &level->result;
        }
        char *path = level->given && !walk->topdown ? NULL : next_path(walk, level);
        if (path) {
            int result = push(walk, path);

            free(path);
            if (result < 0)
                return NULL;
        } else if (!walk->topdown && !level->given) {
            level->given = true;
            return &level->result;
        } else {
            free_level(level);
            walk->n--;
        }
    }
    errno = 0;
    return NULL;
}

void os_walk_close(struct os_walk *walk)
{
    while (walk->n > 0)
        free_level(&walk->levels[--walk->n]);
    free(walk->levels);
    free(walk->top);
    free(walk);
}
