/* Reading wide characters from a file, and putting one back. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <wchar.h>
#include "../stdio/file.h"
#include "utf8.h"
#include "syscall.h"

int fwide(FILE *file, int mode)
{
    if (!file->wide)
        file->wide = (signed char)((mode > 0) - (mode < 0));
    return file->wide;
}

static size_t decode(FILE *file, wchar_t *c, char byte, mbstate_t *state)
{
    return file->utf8 ? utf8_decode(c, &byte, 1, state) : mbrtowc(c, &byte, 1, state);
}

/* Bytes that are no character set the error flag. A byte that breaks off a character is read again:
 * it may begin the next one. */
wint_t fgetwc_unlocked(FILE *file)
{
    mbstate_t state = {0};
    size_t length = (size_t)-2;
    wchar_t c;

    fwide(file, 1);
    for (int n = 0; length == (size_t)-2; n++) {
        int byte = fgetc(file);

        if (byte == EOF && n == 0)
            return WEOF;
        if (byte == EOF)
            fail(EILSEQ);
        length = byte == EOF ? (size_t)-1 : decode(file, &c, (char)byte, &state);
        if (length != (size_t)-1)
            continue;
        if (n > 0)
            ungetc(byte, file);
        file->error = true;
        return WEOF;
    }
    return (wint_t)c;
}

wint_t fgetwc(FILE *file)
{
    flockfile(file);
    wint_t c = fgetwc_unlocked(file);
    funlockfile(file);
    return c;
}

wint_t getwc(FILE *file)
{
    return fgetwc(file);
}

wint_t getwchar(void)
{
    return fgetwc(stdin);
}

wint_t getwc_unlocked(FILE *file)
{
    return fgetwc_unlocked(file);
}

wint_t getwchar_unlocked(void)
{
    return fgetwc_unlocked(stdin);
}

wint_t ungetwc(wint_t c, FILE *file)
{
    char bytes[UTF8_MOST];
    wint_t result = c;

    if (c == WEOF)
        return WEOF;
    flockfile(file);
    fwide(file, 1);
    size_t n = file->utf8 ? utf8_encode(bytes, (wchar_t)c) : wcrtomb(bytes, (wchar_t)c, NULL);
    if (n > sizeof(bytes))
        result = WEOF;
    while (result != WEOF && n > 0)
        if (ungetc((unsigned char)bytes[--n], file) == EOF)
            result = WEOF;
    funlockfile(file);
    return result;
}

wchar_t *fgetws_unlocked(wchar_t *restrict line, int size, FILE *restrict file)
{
    int n = 0;

    while (n < size - 1) {
        wint_t c = fgetwc_unlocked(file);

        if (c == WEOF)
            break;
        line[n++] = (wchar_t)c;
        if (c == '\n')
            break;
    }
    if (size < 1 || (n == 0 && size > 1) || file->error)
        return NULL;
    line[n] = 0;
    return line;
}

wchar_t *fgetws(wchar_t *restrict line, int size, FILE *restrict file)
{
    flockfile(file);
    wchar_t *result = fgetws_unlocked(line, size, file);
    funlockfile(file);
    return result;
}
