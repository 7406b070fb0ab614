/* Calls the functions of ISO C, of every family, in a program whose other names are all its own. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void handler(int number)
{
    (void)number;
}

static void last(void)
{
    printf("at exit\n");
}

static void files(void)
{
    char line[20];
    int number = 0;
    fpos_t at;
    FILE *file = fopen("own", "w+");

    setvbuf(file, NULL, _IOFBF, 100);
    fputs("line 5\n", file);
    fprintf(file, "%d\n", 6);
    fflush(file);
    rewind(file);
    fgets(line, sizeof line, file);
    fgetpos(file, &at);
    fscanf(file, "%d", &number);
    fsetpos(file, &at);
    ungetc('x', file);
    printf("%s %d %c %c %d\n", line, number, fgetc(file), getc(file), fseek(file, 0, SEEK_END));
    printf("%ld %zu\n", ftell(file), fwrite("ab", 1, 2, file));
    FILE *again = freopen("own", "r", file);
    printf("%zu %d %d\n", fread(line, 1, 4, again), feof(again), ferror(again));
    clearerr(again);
    int closed = fclose(again);
    printf("%d %d %d\n", closed, rename("own", "other"), remove("other"));
    FILE *unnamed = tmpfile();
    if (!unnamed)
        return;
    closed = fclose(unnamed);
    printf("%d\n", closed);
}

static void memory(void)
{
    char *block = malloc(10);

    block = realloc(block, 100000);
    block = realloc(block, 5);
    free(block);
    free(calloc(3, 4));
    free(aligned_alloc(64, 64));
    block = malloc(1 << 22);
    block = realloc(block, 1 << 24);
    free(block);
}

static void texts(void)
{
    char text[100] = "";
    int number = 0, numbers[] = {3, 1, 2};
    double real = 0;

    snprintf(text, sizeof text, "%5.2f|%Lg|%-4s|%c|%x|%e", 1.5, 2.5L, "ab", 'c', 255, 1.5);
    puts(text);
    sscanf("12 3.5 xyz", "%d %lf %9[a-z]", &number, &real, text);
    printf("%d %g %s\n", number, real, text);
    qsort(numbers, 3, sizeof *numbers, compare);
    printf("%d %p\n", numbers[0], bsearch(&number, numbers, 3, sizeof *numbers, compare));
    printf("%ld %g %lu %d\n", strtol("12", NULL, 0), strtod("1.5", NULL), strtoul("7", NULL, 8),
           atoi("9"));
    strcat(strncat(strcpy(text, "abc"), "def", 2), "x");
    printf("%s %s %s %zu\n", text, strstr(text, "cd"), strpbrk(text, "xd"), strspn(text, "abc"));
    printf("%s %s %s\n", strtok(text, "c"), strtok(NULL, "c"), strrchr("abca", 'a'));
    printf("%d %d %s\n", strcmp("a", "b") < 0, strcoll("b", "a") > 0, strerror(2));
    printf("%d %c %d %d\n", !!isalpha('a'), toupper('a'), mblen("a", 1), abs(-1));
}

static void times(void)
{
    char text[100];
    time_t then = 1000000000;
    struct tm *broken = gmtime(&then);

    strftime(text, sizeof text, "%Y-%m-%d %A", broken);
    printf("%s %ld %s", text, (long)mktime(broken), asctime(broken));
    printf("%s%g %d %d\n", ctime(&then), difftime(then, 0), time(NULL) > then, clock() >= 0);
}

int main(void)
{
    jmp_buf here;

    atexit(last);
    printf("%s\n", setlocale(LC_ALL, "C"));
    files();
    memory();
    texts();
    times();
    signal(SIGTERM, handler);
    printf("%d %d %d\n", raise(SIGTERM), getenv("HOME") != NULL, system("exit 3"));
    srand(1);
    printf("%d\n", rand() >= 0);
    if (setjmp(here) == 0)
        longjmp(here, 1);
    perror("perror");
    exit(0);
}
