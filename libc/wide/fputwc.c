/* Writing wide characters to a file. */
/* SPDX-License-Identifier: MIT */
#include "put.h"
#include "utf8.h"

bool wide_flush(struct wide_writer *writer)
{
    size_t used = writer->used;

    writer->used = 0;
    return used == 0 || file_put(writer->file, writer->bytes, used) == used;
}

bool wide_put(struct wide_writer *writer, const wchar_t *text, size_t n)
{
    FILE *file = writer->file;

    for (; n > 0; n--, text++) {
        if (writer->used + UTF8_MOST > sizeof(writer->bytes) && !wide_flush(writer))
            return false;
        char *to = writer->bytes + writer->used;
        size_t length = file->utf8 ? utf8_encode(to, *text) : wcrtomb(to, *text, NULL);
        if (length > UTF8_MOST) {
            file->error = true;
            return false;
        }
        writer->used += length;
    }
    return true;
}

/* What is before a character without a form in bytes is written. */
static bool put(FILE *file, const wchar_t *text, size_t n)
{
    struct wide_writer writer = {.file = file};

    fwide(file, 1);
    bool good = wide_put(&writer, text, n);
    return wide_flush(&writer) && good;
}

wint_t fputwc_unlocked(wchar_t c, FILE *file)
{
    return put(file, &c, 1) ? (wint_t)c : WEOF;
}

int fputws_unlocked(const wchar_t *restrict text, FILE *restrict file)
{
    return put(file, text, wcslen(text)) ? 1 : -1;
}

wint_t fputwc(wchar_t c, FILE *file)
{
    flockfile(file);
    wint_t result = fputwc_unlocked(c, file);
    funlockfile(file);
    return result;
}

int fputws(const wchar_t *restrict text, FILE *restrict file)
{
    flockfile(file);
    int result = fputws_unlocked(text, file);
    funlockfile(file);
    return result;
}

wint_t putwc(wchar_t c, FILE *file)
{
    return fputwc(c, file);
}

wint_t putwchar(wchar_t c)
{
    return fputwc(c, stdout);
}

wint_t putwc_unlocked(wchar_t c, FILE *file)
{
    return fputwc_unlocked(c, file);
}

wint_t putwchar_unlocked(wchar_t c)
{
    return fputwc_unlocked(c, stdout);
}
