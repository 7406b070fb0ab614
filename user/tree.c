/* tree [DIR]: draws the tree of all names below a directory, by os.listdir() and os.path. */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 200 };

static unsigned long n_dirs, n_files;

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void draw(const char *dir, char *indent, int depth)
{
    char **names = os.listdir(dir);
    size_t n = 0, length = strlen(indent);
    if (!names || depth == MAX_DEPTH) {
        os.perror(dir);
        return;
    }
    while (names[n])
        n++;
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        char *path = os.path.join(dir, names[i]);
        int is_dir = os.path.isdir(path) && !os.path.islink(path);
        printf("%s%s %s\n", indent, i + 1 < n ? "|--" : "`--", names[i]);
        *(is_dir ? &n_dirs : &n_files) += 1;
        if (is_dir) {
            strcpy(indent + length, i + 1 < n ? "|   " : "    ");
            draw(path, indent, depth + 1);
            indent[length] = 0;
        }
        free(path);
    }
    free(names);
}

int main(int argc, char **argv)
{
    static char indent[4 * MAX_DEPTH + 8];
    const char *top = argc > 1 ? argv[1] : ".";
    puts(top);
    draw(top, indent, 0);
    printf("\n%lu directories, %lu files\n", n_dirs, n_files);
    return 0;
}
