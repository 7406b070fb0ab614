/* ls [-l] [-a] [PATH...]: lists directories sorted by name, by os.listdir() and os.lstat(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool long_form, all;

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_long(const char *path, const char *name)
{
    struct os_stat_result st = os.lstat(path);
    if (st.st_mode == 0) {
        os.perror(path);
        return;
    }
    char mode[11] = "?rwxrwxrwx";
    mode[0] = S_ISDIR(st.st_mode)    ? 'd'
              : S_ISLNK(st.st_mode)  ? 'l'
              : S_ISCHR(st.st_mode)  ? 'c'
              : S_ISFIFO(st.st_mode) ? 'p'
                                     : '-';
    for (int bit = 0; bit < 9; bit++)
        if (!(st.st_mode & (0400 >> bit)))
            mode[1 + bit] = '-';
    printf("%s %3ld %4u %4u %9lld %s", mode, (long)st.st_nlink, st.st_uid, st.st_gid,
           (long long)st.st_size, name);
    char *target = S_ISLNK(st.st_mode) ? os.readlink(path) : NULL;
    printf(target ? " -> %s\n" : "\n", target);
    free(target);
}

static int list(const char *path)
{
    char **names = os.listdir(path);
    if (!names)
        return os.perror(path), 1;
    size_t n = 0;
    while (names[n])
        n++;
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        char *full = os.path.join(path, names[i]);
        if (names[i][0] == '.' && !all)
            ;
        else if (long_form)
            print_long(full, names[i]);
        else
            puts(names[i]);
        free(full);
    }
    free(names);
    return 0;
}

int main(int argc, char **argv)
{
    int option, failures = 0;
    while ((option = getopt(argc, argv, "la")) != -1)
        if (option == '?')
            return fprintf(stderr, "usage: ls [-l] [-a] [PATH...]\n"), 2;
        else
            *(option == 'l' ? &long_form : &all) = true;
    if (optind == argc)
        return list(".");
    for (; optind < argc; optind++) {
        const char *path = argv[optind];
        if (os.path.isdir(path))
            failures += list(path);
        else if (long_form || !os.path.lexists(path))
            print_long(path, path);
        else
            puts(path);
    }
    return failures != 0;
}
