/* stdio on files and in memory: modes, positions, lines, what was pushed back, buffers; glob over a
 * tree. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char text[1 << 16];

static void put_file(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = 0;
    printf("%s: %zu bytes: %.200s\n", path, n, text);
    if (file)
        fclose(file);
}

/* What each mode allows on a file that holds `0123456789`, or on none. */
static void try_mode(const char *mode, int there)
{
    unlink("mode");
    if (there) {
        FILE *file = fopen("mode", "w");
        fputs("0123456789", file);
        fclose(file);
    }
    errno = 0;
    FILE *file = fopen("mode", mode);
    printf("mode %s %d: %s errno %d", mode, there, file ? "open" : "none", file ? 0 : errno);
    if (file) {
        printf(" at %ld", ftell(file));
        printf(" write %d", fputs("AB", file) >= 0 && fflush(file) == 0);
        clearerr(file);
        printf(" seek %d at %ld", fseek(file, 3, SEEK_SET), ftell(file));
        int c = fgetc(file);
        printf(" read %d eof %d error %d", c, !!feof(file), !!ferror(file));
        clearerr(file);
        printf(" end %d at %ld", fseek(file, 0, SEEK_END), ftell(file));
        printf(" write %d", fputc('Z', file) == 'Z' && fflush(file) == 0);
        printf(" at %ld close %d", ftell(file), fclose(file));
    }
    printf("\n");
    if (access("mode", F_OK) == 0)
        put_file("mode");
}

static void modes(void)
{
    static const char *const modes[] = {"r",   "w",   "a",  "r+",  "w+", "a+", "rb", "wb",
                                        "r+b", "rb+", "wx", "w+x", "ae", "q",  ""};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        try_mode(modes[i], 0);
        try_mode(modes[i], 1);
    }
}

static void lines(void)
{
    char dots[201] = "";
    memset(dots, '.', 200);
    FILE *file = fopen("lines", "w+");
    for (int i = 0; i < 300; i++)
        fprintf(file, "line %d %.*s\n", i, i * 7 % 200, dots);
    fputs("no newline at the end", file);
    rewind(file);
    char *line = NULL, small[10];
    size_t size = 0;
    ssize_t n;
    long sum = 0;
    for (int i = 0; (n = getline(&line, &size, file)) >= 0; i++)
        sum = sum * 31 + n + (line[n - 1] == '\n'),
        i % 20 == 0 ? printf("%zd %ld %.12s\n", n, ftell(file), line) : 0;
    printf("getline: sum %ld eof %d n %zd\n", sum, !!feof(file), n);
    rewind(file);
    for (int i = 0; i < 40 && fgets(small, sizeof small, file); i++)
        printf("<%s>", small);
    rewind(file);
    while ((n = getdelim(&line, &size, ' ', file)) >= 0 && n < 100)
        printf("[%zd]", n);
    printf("\n");
    free(line);
    rewind(file);
    printf("%c%c", fgetc(file), fgetc(file));
    printf(" ungetc %d at %ld", ungetc('X', file), ftell(file));
    printf(" %c%c at %ld", fgetc(file), fgetc(file), ftell(file));
    ungetc('Y', file);
    fseek(file, 1, SEEK_CUR);
    printf(" %c at %ld eof %d\n", fgetc(file), ftell(file), feof(file));
    fseek(file, 0, SEEK_END);
    printf("%d eof %d", fgetc(file), !!feof(file));
    printf(" ungetc %d eof %d", ungetc('Q', file), !!feof(file));
    printf(" %c %d\n", fgetc(file), fgetc(file));
    fpos_t here;
    fseek(file, 100, SEEK_SET);
    fgetpos(file, &here);
    fread(text, 1, 50, file);
    fsetpos(file, &here);
    printf("%ld %zu %zu\n", ftell(file), fread(text, 7, 10, file), fread(text, 100000, 1, file));
    /* Reading and writing in turn, at positions that cross the buffer. */
    for (int i = 0; i < 200; i++) {
        fseek(file, i * 97 % 20000, SEEK_SET);
        int c = fgetc(file);
        fseek(file, 0, SEEK_CUR);
        fprintf(file, "<%d>", c);
        fflush(file);
    }
    long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    rewind(file);
    unsigned hash = 0;
    for (int c; (c = fgetc(file)) != EOF;)
        hash = hash * 31 + (unsigned)c;
    printf("end %ld hash %08x errors %d\n", end, hash, !!ferror(file));
    fclose(file);
}

static void memory(void)
{
    char *grown = NULL, fixed[20] = "0123456789";
    size_t size = 0;
    FILE *file = open_memstream(&grown, &size);
    for (int i = 0; i < 100; i++)
        fprintf(file, "%d,", i);
    fflush(file);
    printf("%zu %.20s\n", size, grown);
    fseek(file, 2, SEEK_SET);
    fputs("XX", file);
    fclose(file);
    printf("%zu %.*s\n", size, (int)size, grown);
    free(grown);
    file = open_memstream(&grown, &size);
    fputs("hello world", file);
    for (int i = 0; i < 4; i++) {
        static const long places[] = {5, 0, 20, 200};
        fseek(file, places[i], SEEK_SET);
        fflush(file);
        printf("seek %zu %s\n", size, grown);
        fputs("X", file);
        fflush(file);
        printf("write %zu %s, %d\n", size, grown, grown[size]);
    }
    fseek(file, 2, SEEK_SET);
    fclose(file);
    printf("%zu %.*s\n", size, (int)size, grown);
    free(grown);
    char both[20] = "abc", back[20] = "";
    file = fmemopen(both, sizeof both, "a+");
    printf("a+ at %ld", ftell(file));
    printf(" reads %d", fgetc(file));
    fseek(file, 1, SEEK_SET);
    printf(" %c", fgetc(file));
    fseek(file, 0, SEEK_CUR);
    fputs("def", file);
    fflush(file);
    printf(" %s at %ld", both, ftell(file));
    rewind(file);
    printf(" %zu", fread(back, 1, sizeof back - 1, file));
    printf(" %s\n", back);
    fclose(file);
    file = fmemopen(fixed, 10, "r");
    printf("%d", fgetc(file));
    while (fgetc(file) != EOF)
        ;
    printf(" %ld %d\n", ftell(file), !!feof(file));
    fclose(file);
    file = fmemopen(fixed, sizeof fixed, "w");
    fprintf(file, "hello");
    fclose(file);
    printf("%s\n", fixed);
    char *made = NULL;
    printf("%d", asprintf(&made, "%s %d", "made", 5));
    printf(" %s\n", made);
    free(made);
}

static void buffers(void)
{
    static char own[64];
    static const int kinds[] = {_IOFBF, _IOLBF, _IONBF};
    struct stat st;
    for (int i = 0; i < 3; i++) {
        FILE *file = fopen("buffered", "w");
        setvbuf(file, i == 2 ? NULL : own, kinds[i], sizeof own);
        static const char *const parts[] = {"ab", "c\nd", "efgh",
                                            "0123456789012345678901234567890123456789",
                                            "0123456789012345678901234567890"};
        for (size_t j = 0; j < 5; j++) {
            fputs(parts[j], file);
            if (j == 2) { /* by now whole lines, or all, must be written; more may be */
                stat("buffered", &st);
                printf("%d: %d\n", i, st.st_size >= (i == 0 ? 0 : i == 1 ? 4 : 9));
            }
        }
        fclose(file);
        put_file("buffered");
    }
    FILE *file = fopen("buffered", "r");
    file = freopen("lines", "r", file);
    printf("%d\n", fgetc(file));
    fclose(file);
    file = fopen("/dev/full", "w");
    fputs("lost", file);
    printf("full: %d errno %d error %d\n", fflush(file), errno, !!ferror(file));
    fclose(file);
    file = fopen("buffered", "r");
    errno = 0;
    printf("read only: %d errno %d error %d\n", fputc('x', file), errno, !!ferror(file));
    fclose(file);
    file = tmpfile();
    fputs("temporary", file);
    rewind(file);
    printf("%s\n", fgets(text, 100, file));
    fclose(file);
    int fd = open("appended", O_WRONLY | O_CREAT | O_APPEND, 0666);
    dprintf(fd, "%s %d\n", "by number", 7);
    file = fdopen(fd, "a");
    fputs("by file\n", file);
    fclose(file);
    put_file("appended");
    printf("remove %d %d", remove("appended"), remove("appended"));
    printf(" errno %d", errno);
    mkdir("folder", 0777);
    printf(" %d %d\n", remove("folder"), rename("buffered", "renamed"));
}

static void find(const char *pattern, int flags)
{
    glob_t found = {0};
    int result = glob(pattern, flags, NULL, &found);
    printf("glob %s %d: %d", pattern, flags, result);
    for (size_t i = 0; result == 0 && i < found.gl_pathc; i++)
        printf(" %s", found.gl_pathv[i]);
    printf("\n");
    if (result == 0)
        globfree(&found);
}

static void globs(void)
{
    static const char *const names[] = {"g/a.c",     "g/b.c",       "g/.hidden", "g/sub/c.c",
                                        "g/sub/d.h", "g/other/c.c", "g/[x]",     "g/star*"};
    static const char *const patterns[] = {
        "g/*",     "g/*.c",   "*/*.c",   "g/*/*.c", "g/?.c",     "g/[ab].c",  "g/.*n",
        "g/none*", "g/a.c",   "g/none",  "g/*/",    "g//*.c",    "g/\\[x\\]", "g/star\\*",
        "g/[[]x]", "./g/*.h", "g/*/d.?", "",        "/*no-such*"};
    static const int flags[] = {0, GLOB_MARK, GLOB_NOCHECK, GLOB_MARK | GLOB_NOCHECK};
    mkdir("g", 0777);
    mkdir("g/sub", 0777);
    mkdir("g/other", 0777);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fclose(fopen(names[i], "w"));
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (size_t j = 0; j < sizeof flags / sizeof *flags; j++)
            find(patterns[i], flags[j]);
}

int main(void)
{
    modes();
    lines();
    memory();
    buffers();
    globs();
    return 0;
}
