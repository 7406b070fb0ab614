/* os.scandir and os.walk: entries and their methods, both orders, lists that the caller changes,
 * links, errors.
 * needs: fifo */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <dirent.h>
#include <os.h>

static void touch(const char *path)
{
    os.close(os.open(path, O_WRONLY | O_CREAT, 0666));
}

/* The entry of this name, or NULL. */
static struct os_DirEntry *entry_of(const char *path, const char *name)
{
    struct os_scandir *scan = os.scandir(path);
    struct os_DirEntry *entry;
    while ((entry = os.scandir_next(scan)) && strcmp(entry->name, name) != 0)
        free(entry);
    os.scandir_close(scan);
    return entry;
}

static void check_entry(const char *name, int is_dir, int is_dir_itself, int is_file, int is_link)
{
    char line[100];
    struct os_DirEntry *entry = entry_of("t", name);
    snprintf(line, sizeof line, "the entry %s is what it is", name);
    check_true(entry && os.DirEntry.is_dir(entry, true) == is_dir &&
                   os.DirEntry.is_dir(entry, false) == is_dir_itself &&
                   os.DirEntry.is_file(entry, true) == is_file &&
                   os.DirEntry.is_symlink(entry) == is_link,
               line, __FILE__, __LINE__);
    snprintf(line, sizeof line, "the entry %s has the inode number of the name", name);
    check_true(entry && os.DirEntry.inode(entry) == os.lstat(entry->path).st_ino, line, __FILE__,
               __LINE__);
    free(entry);
}

static void check_scandir(void)
{
    int n = 0, dots = 0;
    struct os_scandir *scan = os.scandir("t");
    struct os_DirEntry *entry;
    CHECK(scan != NULL);
    for (; (entry = os.scandir_next(scan)); n++) {
        dots += entry->name[0] == '.';
        free(entry);
    }
    CHECK_EQ(errno, 0);
    CHECK_EQ(n, 7);
    CHECK_EQ(dots, 0);
    CHECK_OK(os.scandir_close(scan));

    check_entry("dir", 1, 1, 0, 0);
    check_entry("file", 0, 0, 1, 0);
    check_entry("to-dir", 1, 0, 0, 1);
    check_entry("to-file", 0, 0, 1, 1);
    check_entry("dangling", 0, 0, 0, 1);
    check_entry("fifo", 0, 0, 0, 0);

    entry = entry_of("t", "to-file");
    CHECK_STR(entry->path, "t/to-file");
    CHECK(S_ISREG(os.DirEntry.stat(entry, true).st_mode));
    CHECK(S_ISLNK(os.DirEntry.stat(entry, false).st_mode));
    free(entry);
    entry = entry_of("t//", "file");
    CHECK_STR(entry->path, "t//file");
    os.rename("t/file", "t/moved");
    CHECK(os.DirEntry.stat(entry, true).st_mode == 0 && errno == ENOENT);
    os.rename("t/moved", "t/file");
    free(entry);
    os.chdir("t");
    entry = entry_of(NULL, "file");
    CHECK_STR(entry->path, "./file");
    free(entry);
    os.chdir("..");

    CHECK_NULL_ERR(os.scandir("missing"), ENOENT);
    CHECK_NULL_ERR(os.scandir(""), ENOENT);
    CHECK_NULL_ERR(os.scandir("t/file"), ENOTDIR);
}

static void sort(char **names)
{
    for (; *names; names++)
        for (char **other = names + 1; *other; other++)
            if (strcmp(*names, *other) > 0) {
                char *name = *names;
                *names = *other;
                *other = name;
            }
}

static char log_text[4096];

static void log_names(char **names)
{
    sort(names);
    for (; *names; names++) {
        strcat(log_text, " ");
        strcat(log_text, *names);
    }
}

/* A walk as text: `path: dirs; files` for each directory, a line each; in the order of names where
 * it goes from the top down. skip: a directory that is not entered. */
static const char *walk(const char *top, bool topdown, bool followlinks, const char *skip)
{
    struct os_walk *walk = os.walk(top, topdown, NULL, followlinks);
    struct os_walk_result *at;
    log_text[0] = 0;
    while ((at = os.walk_next(walk))) {
        strcat(log_text, at->dirpath);
        strcat(log_text, ":");
        log_names(at->dirnames);
        strcat(log_text, ";");
        log_names(at->filenames);
        strcat(log_text, "\n");
        for (char **name = at->dirnames; skip && *name; name++)
            if (strcmp(*name, skip) == 0) {
                do
                    name[0] = name[1];
                while (*name++);
                break;
            }
    }
    if (errno)
        strcat(log_text, strerrorname_np(errno));
    os.walk_close(walk);
    return log_text;
}

static char told[100];
static int n_told, told_error;

static void on_error(const char *path, int error)
{
    snprintf(told, sizeof told, "%s", path);
    told_error = error;
    n_told++;
}

static void check_walk(void)
{
    CHECK_STR(walk("t", true, false, NULL), "t: dir to-dir; dangling fifo file to-file x\n"
                                            "t/dir: in; f\n"
                                            "t/dir/in:;\n");
    CHECK_STR(walk("t", true, true, NULL), "t: dir to-dir; dangling fifo file to-file x\n"
                                           "t/dir: in; f\n"
                                           "t/dir/in:;\n"
                                           "t/to-dir: in; f\n"
                                           "t/to-dir/in:;\n");
    CHECK_STR(walk("t", false, false, NULL), "t/dir/in:;\n"
                                             "t/dir: in; f\n"
                                             "t: dir to-dir; dangling fifo file to-file x\n");
    CHECK_STR(walk("t/", true, false, "dir"), "t/: dir to-dir; dangling fifo file to-file x\n");
    CHECK_STR(walk("t/to-dir", true, false, NULL), "t/to-dir: in; f\nt/to-dir/in:;\n");
    CHECK_STR(walk("t/dir/in", false, false, NULL), "t/dir/in:;\n");
    CHECK_STR(walk("missing", true, false, NULL), "");
    CHECK_STR(walk("t/file", false, false, NULL), "");

    struct os_walk *bad = os.walk("missing", true, on_error, false);
    CHECK(os.walk_next(bad) == NULL && errno == 0);
    CHECK(n_told == 1 && told_error == ENOENT);
    CHECK_STR(told, "missing");
    os.walk_close(bad);

    /* A directory that goes away on the way is told, and the walk goes on. */
    struct os_walk *walk = os.walk("t", true, on_error, false);
    struct os_walk_result *at = os.walk_next(walk);
    CHECK(at && strcmp(at->dirpath, "t") == 0);
    os.rename("t/dir", "t/gone");
    CHECK(os.walk_next(walk) == NULL && errno == 0);
    CHECK(n_told == 2 && told_error == ENOENT);
    CHECK_STR(told, "t/dir");
    os.rename("t/gone", "t/dir");
    os.walk_close(walk);

    walk = os.walk("t", true, NULL, false); /* ended early: nothing is left */
    os.walk_next(walk);
    os.walk_next(walk);
    os.walk_close(walk);
}

/* A deep and a wide tree, walked whole. */
static void check_large(void)
{
    enum { DEPTH = 100, WIDTH = 500 };
    char path[64];
    int n_dirs = 0, n_files = 0;
    os.mkdir("large", 0777);
    int here = os.open(".", O_RDONLY);
    os.chdir("large");
    for (int i = 0; i < WIDTH; i++) {
        snprintf(path, sizeof path, "file%d", i);
        touch(path);
        snprintf(path, sizeof path, "dir%d", i);
        os.mkdir(path, 0777);
    }
    for (int i = 0; i < DEPTH; i++) {
        os.mkdir("d", 0777);
        os.chdir("d");
        touch("f");
    }
    os.fchdir(here);
    struct os_walk *walk = os.walk("large", false, NULL, false);
    for (struct os_walk_result *at; (at = os.walk_next(walk)); n_dirs++)
        for (char **name = at->filenames; *name; name++)
            n_files++;
    os.walk_close(walk);
    CHECK_EQ(n_dirs, 1 + WIDTH + DEPTH);
    CHECK_EQ(n_files, WIDTH + DEPTH);
    os.close(here);
}

int main(void)
{
    CHECK_OK(os.makedirs("t/dir/in", 0777, false));
    touch("t/file");
    touch("t/dir/f");
    touch("t/x");
    CHECK_OK(os.symlink("dir", "t/to-dir"));
    CHECK_OK(os.symlink("file", "t/to-file"));
    CHECK_OK(os.symlink("nowhere", "t/dangling"));
    CHECK_OK(os.unlink("t/x"));
    CHECK_OK(os.mkfifo("t/fifo", 0666));
    touch("t/x");
    check_scandir();
    check_walk();
    check_large();
    return check_done();
}
