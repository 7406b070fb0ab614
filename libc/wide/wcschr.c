/* string.h's functions for wide characters: searching. */
/* SPDX-License-Identifier: MIT */
#include <wchar.h>

wchar_t *wmemchr(const wchar_t *block, wchar_t c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (block[i] == c)
            return (wchar_t *)block + i;
    return NULL;
}

wchar_t *wcschrnul(const wchar_t *text, wchar_t c)
{
    while (*text && *text != c)
        text++;
    return (wchar_t *)text;
}

wchar_t *wcschr(const wchar_t *text, wchar_t c)
{
    wchar_t *found = wcschrnul(text, c);

    return *found == c ? found : NULL;
}

wchar_t *wcsrchr(const wchar_t *text, wchar_t c)
{
    const wchar_t *last = NULL;

    do {
        if (*text == c)
            last = text;
    } while (*text++);
    return (wchar_t *)last;
}

size_t wcscspn(const wchar_t *text, const wchar_t *stop)
{
    size_t n = 0;

    while (text[n] && !wcschr(stop, text[n]))
        n++;
    return n;
}

size_t wcsspn(const wchar_t *text, const wchar_t *accept)
{
    size_t n = 0;

    while (text[n] && wcschr(accept, text[n]))
        n++;
    return n;
}

wchar_t *wcspbrk(const wchar_t *text, const wchar_t *stop)
{
    text += wcscspn(text, stop);
    return *text ? (wchar_t *)text : NULL;
}

wchar_t *wcsstr(const wchar_t *text, const wchar_t *part)
{
    size_t n = wcslen(part);

    if (n == 0)
        return (wchar_t *)text;
    for (text = wcschr(text, *part); text; text = wcschr(text + 1, *part))
        if (wcsncmp(text, part, n) == 0)
            return (wchar_t *)text;
    return NULL;
}

wchar_t *wcstok(wchar_t *restrict text, const wchar_t *restrict separators, wchar_t **restrict rest)
{
    if (!text)
        text = *rest;
    if (!text)
        return NULL;
    text += wcsspn(text, separators);
    if (!*text) {
        *rest = NULL;
        return NULL;
    }
    *rest = wcspbrk(text, separators);
    if (*rest)
        *(*rest)++ = 0;
    return text;
}
