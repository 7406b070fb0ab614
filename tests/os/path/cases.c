/* Runs the functions of os.path on the cases of standard input and prints what each gives; the
 * test beside it compares that with Python's posixpath.
 *
 * A case is a line of a letter and words. A word is `=` and text in which %XX stands for a byte.
 * E sets a variable and U removes one, D makes the working directory; all others name functions. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <os.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 16 };

static void put_quoted(const char *text)
{
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        printf(*c > ' ' && *c < 127 && *c != '%' && *c != '"' ? "%c" : "%%%02X", *c);
    putchar('"');
}

/* The text and its release, or the error. */
static void put_text(const char *name, char *text)
{
    printf(" %s=", name);
    if (text)
        put_quoted(text);
    else
        printf("!%s", strerrorname_np(errno));
    free(text);
}

static void put_pair(const char *name, char *first, const char *second)
{
    printf(" %s=", name);
    put_quoted(first);
    putchar(',');
    put_text("second", strdup(second));
    free(first);
}

/* A number, where -1 is an error. */
static void put_number(const char *name, long number)
{
    if (number == -1)
        printf(" %s=!%s", name, strerrorname_np(errno));
    else
        printf(" %s=%ld", name, number);
}

/* Seconds with a fraction, to the last bit. */
static void put_time(const char *name, double seconds)
{
    if (seconds == -1)
        printf(" %s=!%s", name, strerrorname_np(errno));
    else
        printf(" %s=%.17g", name, seconds);
}

/* What looks at the text of one path (and, where it is relative, at the working directory). */
static void run_text(const char *path)
{
    struct os_path_split_result split = os.path.split(path);
    struct os_path_splitext_result splitext = os.path.splitext(path);
    struct os_path_splitdrive_result splitdrive = os.path.splitdrive(path);
    put_text("basename", os.path.basename(path));
    put_text("dirname", os.path.dirname(path));
    put_number("isabs", os.path.isabs(path));
    put_text("normcase", os.path.normcase(path));
    put_text("normpath", os.path.normpath(path));
    put_pair("split", split.head, split.tail);
    put_pair("splitext", splitext.root, splitext.ext);
    put_pair("splitdrive", splitdrive.drive, splitdrive.tail);
    put_text("abspath", os.path.abspath(path));
    put_text("relpath", os.path.relpath(path, NULL));
    put_text("expanduser", os.path.expanduser(path));
    put_text("expandvars", os.path.expandvars(path));
}

static void run_files(const char *path)
{
    put_number("exists", os.path.exists(path));
    put_number("lexists", os.path.lexists(path));
    put_number("isdir", os.path.isdir(path));
    put_number("isfile", os.path.isfile(path));
    put_number("islink", os.path.islink(path));
    put_text("realpath", os.path.realpath(path));
    if (!os.path.isdir(path)) /* each file system has its own size for a directory */
        put_number("getsize", os.path.getsize(path));
}

static void run(char letter, const char *const words[])
{
    switch (letter) {
    case 'E': put_number("putenv", os.putenv(words[0], words[1])); break;
    case 'U': put_number("unsetenv", os.unsetenv(words[0])); break;
    case 'D':
        put_number("makedirs", os.makedirs(words[0], 0777, true));
        put_number("chdir", os.chdir(words[0]));
        break;
    case 'd': put_number("mkdir", os.mkdir(words[0], 0777)); break;
    case 'f': {
        int fd = os.open(words[0], O_WRONLY | O_CREAT, 0666);
        put_number("write", os.write(fd, words[1], strlen(words[1])));
        os.close(fd);
        break;
    }
    case 'l': put_number("symlink", os.symlink(words[0], words[1])); break;
    case 'h': put_number("link", os.link(words[0], words[1])); break;
    case 't': {
        struct timespec times[] = {{atol(words[1]), atol(words[2])},
                                   {atol(words[3]), atol(words[4])}};
        put_number("utime", os.utime(words[0], times));
        put_time("getatime", os.path.getatime(words[0]));
        put_time("getmtime", os.path.getmtime(words[0]));
        break;
    }
    case 'T': run_text(words[0]); break;
    case 'J':
        put_text("join", os.path.join(words[0], words[1]));
        put_text("relpath", os.path.relpath(words[0], words[1]));
        break;
    case 'L': put_text("joinv", os.path.joinv(words)); break;
    case 'C':
        put_text("commonprefix", os.path.commonprefix(words));
        put_text("commonpath", os.path.commonpath(words));
        break;
    case 'F': run_files(words[0]); break;
    case 'M': put_number("ismount", os.path.ismount(words[0])); break;
    case 'S': put_number("samefile", os.path.samefile(words[0], words[1])); break;
    default: printf(" ?");
    }
}

static int digit(int c)
{
    return isdigit(c) ? c - '0' : c - 'A' + 10;
}

/* Decodes a word where it lies. */
static const char *decode(char *word)
{
    char *to = word;
    for (char *from = word + 1; *from; from++)
        if (*from == '%' && from[1] && from[2]) {
            *to++ = (char)(digit(from[1]) << 4 | digit(from[2]));
            from += 2;
        } else {
            *to++ = *from;
        }
    *to = 0;
    return word;
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        const char *words[MAX_WORDS + 1] = {NULL};
        char *rest = line, *word, letter = line[0];
        line[strcspn(line, "\n")] = 0;
        strsep(&rest, " ");
        for (int n = 0; n < MAX_WORDS && (word = strsep(&rest, " "));)
            words[n++] = decode(word);
        putchar(letter);
        run(letter, words);
        putchar('\n');
    }
    free(line);
    return 0;
}
