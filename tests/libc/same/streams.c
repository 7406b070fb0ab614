/* Files in memory by random operations: fmemopen in every mode, open_memstream. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long state = 11;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static void put_bytes(const char *bytes, size_t n)
{
    printf(" [");
    for (size_t i = 0; i < n; i++)
        printf(bytes[i] >= ' ' && bytes[i] <= '~' ? "%c" : "\\%d", bytes[i]);
    printf("]");
}

/* One operation, of those that a file may have at any time after a flush or a seek. */
static void operate(FILE *file, int reads)
{
    char line[16] = "";
    int whence = (int)draw(reads ? 3 : 2), n; /* the end: glibc takes the position for it */
    long offset = (long)draw(12) - (whence ? 6 : 2);

    errno = 0;
    switch (draw(reads ? 8 : 5)) {
    case 0:
        n = fprintf(file, "%.*s", 1 + (int)draw(5), "abcdef");
        printf(" printf %d", n);
        break;
    case 1: printf(" putc %d", fputc('A' + (int)draw(26), file)); break;
    case 2:
    case 3:
        n = fseek(file, offset, whence);
        printf(" seek %ld %d = %d", offset, whence, n);
        if (n < 0) /* where it is then, is nobody's promise */
            fseek(file, 1, SEEK_SET);
        break;
    case 4: printf(" flush"); break;
    case 5:
        n = fgetc(file);
        printf(" getc %d", n);
        break;
    case 6:
        n = (int)fread(line, 1, 1 + draw(8), file);
        printf(" read %d %.*s", n, n, line);
        break;
    case 7: printf(" gets %s", fgets(line, 8, file) ? line : "none"); break;
    }
    n = fflush(file);
    printf(" (%d) eof %d error %d at %ld", n, !!feof(file), !!ferror(file), ftell(file));
    if (draw(4) == 0)
        clearerr(file);
    if (reads) /* between reading and writing there is a seek */
        fseek(file, 0, SEEK_CUR);
}

static void fixed(const char *mode)
{
    char buffer[24];
    size_t size = 1 + draw(20);

    memset(buffer, '.', sizeof buffer);
    strcpy(buffer, "0123456");
    if (draw(2))
        buffer[draw(8)] = '\0';
    FILE *file = fmemopen(buffer, size, mode);
    printf("fmemopen %s %zu:", mode, size);
    if (!file) {
        printf(" none, errno %d\n", errno);
        return;
    }
    printf(" at %ld", ftell(file));
    for (int i = 0; i < 12; i++) {
        operate(file, 1);
        put_bytes(buffer, sizeof buffer);
    }
    printf(" close %d", fclose(file));
    put_bytes(buffer, sizeof buffer);
    printf("\n");
}

static void growing(void)
{
    char *text = NULL;
    size_t size = 77;
    FILE *file = open_memstream(&text, &size);

    printf("open_memstream:");
    for (int i = 0; i < 12; i++) {
        operate(file, 0);
        printf(" %zu", size);
        put_bytes(text, size);
    }
    printf(" close %d %zu", fclose(file), size);
    put_bytes(text, size);
    printf("\n");
    free(text);
}

int main(void)
{
    static const char *const modes[] = {"r", "w", "a", "r+", "w+", "a+", "rb", "w+b", "ab+", "x"};

    for (int i = 0; i < 400; i++)
        fixed(modes[i % 10]);
    for (int i = 0; i < 200; i++)
        growing();
    return 0;
}
