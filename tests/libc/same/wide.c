/* Wide characters: conversion from bytes and to bytes, kinds, widths, strings, numbers, files,
 * wprintf and wscanf, in C.UTF-8. Inputs are chosen by a fixed seed. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

static uint64_t state = 11;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

/* Prints wide characters as numbers, so that the test does not depend on what it tests. */
static void show(const wchar_t *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf(" %x", (unsigned)text[i]);
    printf("\n");
}

static void bytes(void)
{
    static const unsigned char starts[] = {0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                           0xe0, 0xe1, 0xec, 0xed, 0xef, 0xf0, 0xf1, 0xf3, 0xff};
    static const unsigned char rest[] = {0x00, 0x30, 0x7f, 0x80, 0x8f,
                                         0x90, 0x9f, 0xa0, 0xbf, 0xc2};

    for (int i = 0; i < 600; i++) {
        char text[8] = "zzzzzzz";
        size_t n = 1 + draw(4), length;
        mbstate_t by_one = {0}, at_once = {0};
        wchar_t c = 0xabcd;

        text[0] = (char)starts[draw(sizeof(starts))];
        for (size_t k = 1; k < n; k++)
            text[k] = (char)rest[draw(sizeof(rest))];
        errno = 0;
        length = mbrtowc(&c, text, 7, &at_once);
        printf("%02x %02x %02x %02x: %zd %x %d", text[0] & 255, text[1] & 255, text[2] & 255,
               text[3] & 255, (ssize_t)length, (unsigned)c, errno);
        printf(" init %d mblen %d;", !!mbsinit(&at_once), mblen(text, 7));
        for (size_t k = 0; k < 7; k++) { /* glibc finds some errors a byte later than others */
            length = mbrtowc(&c, text + k, 1, &by_one);
            if (length != (size_t)-2)
                break;
        }
        printf(" %zd\n", (ssize_t)length);
    }
    for (size_t n = 0; n < 5; n++) {
        static const char *const whole[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

        for (size_t k = 0; k < 4; k++) {
            mbstate_t at = {0};
            wchar_t c;

            printf(" %zd", (ssize_t)mbrtowc(&c, whole[k], n, &at));
            printf(" %d %d", !!mbsinit(&at), mblen(whole[k], n));
        }
        printf("\n");
    }
}

static void encode(void)
{
    static const unsigned edges[] = {0,        1,      0x7f,   0x80,   0x7ff,   0x800,
                                     0xd7ff,   0xd800, 0xdfff, 0xe000, 0xffff,  0x10000,
                                     0x10ffff, ~0u,    0xe9,   0x20ac, 0x1f600, 0xfffd};

    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        char text[16] = {0};
        mbstate_t at = {0};

        errno = 0;
        ssize_t length = (ssize_t)wcrtomb(text, (wchar_t)edges[i], &at);
        printf("%x: %zd %d %02x %02x %02x %02x wctob %d btowc %x\n", edges[i], length, errno,
               text[0] & 255, text[1] & 255, text[2] & 255, text[3] & 255, wctob(edges[i]),
               btowc((int)edges[i] & 255));
    }
}

static void strings_of_bytes(void)
{
    static const char *const texts[] = {
        "", "abc", "h\xc3\xa4llo \xe2\x82\xac \xf0\x9f\x98\x80!", "ab\xff", "ab\xc3", "\xe2\x82"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        for (size_t room = 0; room < 20; room += 3) {
            wchar_t wide[32];
            char back[64];
            mbstate_t at = {0};
            const char *from = texts[i];

            wmemset(wide, 7, 32);
            size_t n = mbsrtowcs(wide, &from, room, &at);
            printf("%zu/%zu: %zd rest %td;", i, room, (ssize_t)n, from ? from - texts[i] : -1);
            show(wide, room);
            at = (mbstate_t){0};
            from = texts[i];
            printf(" count %zd %zd\n", (ssize_t)mbsrtowcs(NULL, &from, 0, &at),
                   (ssize_t)mbstowcs(NULL, texts[i], 0));
            at = (mbstate_t){0};
            n = mbsnrtowcs(wide, &from, room, 32, &at);
            printf(" n %zd rest %td\n", (ssize_t)n, from ? from - texts[i] : -1);
            wcscpy(wide, L"a\u00e4\u20ac\U0001f600z");
            const wchar_t *wide_from = wide;
            memset(back, 'x', sizeof(back));
            n = wcsrtombs(back, &wide_from, room, &(mbstate_t){0});
            printf(" back %zd rest %td %.*s\n", (ssize_t)n, wide_from ? wide_from - wide : -1,
                   (int)room, back);
            wide_from = wide;
            printf(" back n %zd\n",
                   (ssize_t)wcsnrtombs(NULL, &wide_from, room, 0, &(mbstate_t){0}));
        }
}

static void utf16(void)
{
    static const char text[] = "a\xe2\x82\xac\xf0\x9f\x98\x80z";
    mbstate_t in = {0}, out = {0};
    const char *at = text;
    char16_t c;
    size_t n;

    for (int i = 0; i < 8; i++) {
        char back[8] = {0};

        c = 0;
        n = mbrtoc16(&c, at, strlen(at) + 1, &in);
        ssize_t m = (ssize_t)c16rtomb(back, c, &out);
        printf("c16 %zd %x back %zd %s\n", (ssize_t)n, c, m, m > 0 ? back : "");
        if (n <= 4)
            at += n;
        if (n == 0)
            break;
    }
}

/* Kinds of the characters whose kinds no version of Unicode changed. */
static void kinds(void)
{
    static const char *const names[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph",
                                        "lower", "print", "punct", "space", "upper", "xdigit"};
    /* 0x19b has a capital letter since Unicode 16. */
    static const unsigned blocks[][2] = {
        {0, 0x19b},         {0x19c, 0x250},    {0x370, 0x378},   {0x386, 0x3d0},
        {0x400, 0x460},     {0x5d0, 0x5eb},    {0x661, 0x66a},   {0x2000, 0x2070},
        {0x20a0, 0x20ad},   {0x2190, 0x21d0},  {0x2460, 0x2470}, {0x3000, 0x3020},
        {0x3041, 0x3095},   {0x4e00, 0x4e10},  {0xac00, 0xac10}, {0x1160, 0x1170},
        {0xd7fe, 0xd802},   {0xe000, 0xe002},  {0xfeff, 0xff20}, {0xffff, 0x10002},
        {0x1d400, 0x1d410}, {0x20000, 0x20008}};

    for (size_t b = 0; b < sizeof(blocks) / sizeof(blocks[0]); b++)
        for (unsigned c = blocks[b][0]; c < blocks[b][1]; c++) {
            printf("%x: width %d lower %x upper %x", c, wcwidth((wchar_t)c), towlower(c),
                   towupper(c));
            for (int k = 0; k < 12; k++)
                if (iswctype(c, wctype(names[k])))
                    printf(" %s", names[k]);
            printf("\n");
        }
    printf("%d %d %x\n", !!iswalpha(WEOF), !!iswprint(WEOF), towctrans('a', wctrans("toupper")));
    printf("%d %d %d\n", wctype("none") != 0, wcswidth(L"a\u4e00\u0301b", 4), wcswidth(L"a\tb", 3));
}

static wchar_t *draw_text(wchar_t *text, unsigned most)
{
    static const wchar_t letters[] = L"aAb\u00e4\u00c4\u20ac\U0001f600,";
    unsigned length = draw(most + 1);

    for (unsigned i = 0; i < length; i++)
        text[i] = letters[draw(8)];
    text[length] = 0;
    return text;
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static long place(const wchar_t *pointer, const wchar_t *text)
{
    return pointer ? pointer - text : -1;
}

static void strings(void)
{
    for (int i = 0; i < 300; i++) {
        wchar_t a[20], b[20], to[64] = {0}, *rest = a;

        draw_text(a, 12);
        draw_text(b, 3);
        size_t n = draw(14);
        printf("%zu %zu cmp %d %d %d %d coll %d", wcslen(a), wcsnlen(a, n), sign(wcscmp(a, b)),
               sign(wcsncmp(a, b, n)), sign(wcscasecmp(a, b)), sign(wcsncasecmp(a, b, n)),
               sign(wcscoll(a, b)));
        printf(" at %ld %ld %ld %ld %zu %zu %ld", place(wcschr(a, b[0]), a),
               place(wcsrchr(a, b[0]), a), place(wcschrnul(a, b[0]), a), place(wcsstr(a, b), a),
               wcsspn(a, b), wcscspn(a, b), place(wcspbrk(a, b), a));
        printf(" mem %ld %d\n", place(wmemchr(a, L'A', wcslen(a)), a),
               sign(wmemcmp(a, b, wcslen(b) < wcslen(a) ? wcslen(b) : wcslen(a))));
        wcscat(wcscpy(to, a), b);
        wcsncat(to, a, n);
        show(to, wcslen(to));
        wmemset(to, 9, 40);
        wcsncpy(to, a, n);
        show(to, n + 1);
        printf("%td %td\n", wcpcpy(to, a) - to, wcpncpy(to, a, n) - to);
        for (wchar_t *word = wcstok(a, L",a", &rest); word; word = wcstok(NULL, L",a", &rest))
            show(word, wcslen(word));
    }
}

static void numbers(void)
{
    static const wchar_t *const texts[] = {
        L"0",      L" 12",     L"\u2003-7x", L"0x1F",
        L"0x",     L"",        L"+",         L"99999999999999999999",
        L"-0777",  L"1.5e3",   L".5",        L"inf",
        L"x1",     L"nan(ab)", L"1e",        L"-0x1.8p3z",
        L"1\u0661"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        wchar_t *end;

        for (int base = 0; base < 37; base += 8) {
            errno = 0;
            long n = wcstol(texts[i], &end, base);
            printf("%zu base %d: %ld %td %d;", i, base, n, end - texts[i], errno);
            errno = 0;
            printf(" %lu\n", wcstoul(texts[i], NULL, base));
        }
        double d = wcstod(texts[i], &end);
        printf("%g %td %g\n", d, end - texts[i], (double)wcstof(texts[i], NULL));
    }
}

static void shown(int result, const wchar_t *text)
{
    printf("%d:", result);
    show(text, wcslen(text));
}

static void formats(void)
{
    wchar_t text[128];
    int n = 0;
    long most = 0;

#define PRINT(...)                                     \
    do {                                               \
        wmemset(text, 0, 128);                         \
        shown(swprintf(text, 128, __VA_ARGS__), text); \
    } while (0)
    PRINT(L"plain \u20ac %%");
    PRINT(L"[%d] [%5d] [%-5d] [%05d] [%+d] [% d]", 1, 2, 3, 4, 5, 6);
    PRINT(L"[%hhd] [%hd] [%ld] [%lld] [%zu] [%jd]", 300, 70000, 1L << 40, 1LL << 41, (size_t)7,
          (intmax_t)8);
    PRINT(L"[%x] [%#X] [%o] [%#o] [%u] [%.4x]", 255, 255, 8, 8, ~0u, 10);
    PRINT(L"[%f] [%10.2e] [%g] [%a] [%Lf]", 1.5, 12345.678, 1e20, 1.0, 2.5L);
    PRINT(L"[%s] [%10s] [%-10s] [%.2s] [%.3s]", "h\xc3\xa4y", "h\xc3\xa4y", "h\xc3\xa4y",
          "h\xc3\xa4y", "h");
    PRINT(L"[%ls] [%10ls] [%-10ls] [%.2ls] [%S]", L"\u20acuro", L"\u20acuro", L"\u20acuro",
          L"\u20acuro", L"S");
    PRINT(L"[%c] [%lc] [%5c] [%-5lc] [%C]", 'a', (wint_t)0x20ac, 'b', (wint_t)0xe4, (wint_t)'z');
    PRINT(L"[%p] [%p] [%*d] [%-*d] [%.*d] [%*d]", (void *)0x10, NULL, 6, 1, 6, 2, 3, 4, -5, 5);
    PRINT(L"abc%nd\u20ac%ln", &n, &most);
    printf("%d %ld\n", n, most);
    PRINT(L"[%s] [%ls] [%.3s]", (char *)NULL, (wchar_t *)NULL, (char *)NULL);
    errno = 0;
    printf("bad %d\n", swprintf(text, 128, L"%s", "\xff"));
    for (size_t room = 0; room < 8; room++)
        printf("room %zu: %d\n", room, swprintf(text, room, L"a%d", 123));
    char narrow[64];
    printf("%d ", snprintf(narrow, 64, "[%ls] [%7ls] [%-7ls] [%.4ls] [%lc] [%3lc]", L"\u20acu",
                           L"\u20acu", L"\u20acu", L"\u20acu", (wint_t)0xe4, (wint_t)'x'));
    printf("%s\n", narrow);
    printf("%d\n", snprintf(narrow, 64, "%ls", L"\xd800"));
}

static void scans(void)
{
    static const wchar_t *const texts[] = {L"12 0x1f 3.5 w\u00f6rd",
                                           L" -7\u20030777 1e2x\u20ac\u20ac",
                                           L"",
                                           L"x",
                                           L"5",
                                           L"\u20ac\u20ac 1 2 3",
                                           L"1,2 inf zz"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int a = -1, b = -1, n = -1;
        double d = -1;
        char bytes[64] = "-";
        wchar_t wide[64] = L"-";

        int got = swscanf(texts[i], L"%d %i %lf%n %ls", &a, &b, &d, &n, wide);
        printf("%zu: %d %d %d %g %d", i, got, a, b, d, n);
        show(wide, wcslen(wide));
        got = swscanf(texts[i], L"%1d%*c%s", &a, bytes);
        printf(" %d %d %s\n", got, a, bytes);
        got = swscanf(texts[i], L"%63l[^\u2003 ] %63[0-9a-f]%n", wide, bytes, &n);
        printf(" %d %s %d", got, bytes, n);
        show(wide, wcslen(wide));
        wmemset(wide, 0, 64);
        got = swscanf(texts[i], L"%lc,%ld", wide, &(long){0});
        printf(" %d", got);
        show(wide, 1);
        memset(bytes, 0, sizeof(bytes));
        printf(" %d %s\n", swscanf(texts[i], L"%*[^\u20ac]%2c", bytes), bytes);
    }
    wchar_t wide[32] = L"";
    printf("%d", sscanf("1 w\xc3\xb6rd \xe2\x82\xac", "%*d %ls %lc", wide, wide + 10));
    show(wide, 12);
    printf("%d", sscanf("abc\xc3\xa4zz1", "%l[^0-9]", wide));
    show(wide, wcslen(wide));
}

static void files(void)
{
    FILE *file = fopen("wide", "w+");
    wchar_t line[64];

    printf("fwide %d", fwide(file, 0));
    printf(" %d %d\n", fputws(L"first \u20ac line\n\U0001f600 second", file) >= 0,
           fwide(file, 0) > 0);
    printf("put %x", fputwc(0xe4, file));
    printf("\n");
    printf("print %d\n", fwprintf(file, L"\n%ls %d %s\n", L"\u00fc", 7, "b\xc3\xa4"));
    rewind(file);
    while (fgetws(line, 8, file))
        show(line, wcslen(line));
    printf("end %d\n", !!feof(file));
    rewind(file);
    for (int i = 0; i < 8; i++)
        printf(" %x", fgetwc(file));
    printf(" back %x %x %x\n", ungetwc(0x1f600, file), fgetwc(file), fgetwc(file));
    int n = 0;
    rewind(file);
    printf("scan %d",
           fwscanf(file, L"first %lc line %*ls %ls %ls %d", line, line + 1, line + 20, &n));
    show(line, 12);
    printf("%d\n", n);
    fclose(file);
}

static void memory(void)
{
    wchar_t *text;
    size_t size;
    FILE *file = open_wmemstream(&text, &size);

    fwprintf(file, L"a\u20ac%d", 12);
    fflush(file);
    printf("%zu", size);
    show(text, size + 1);
    fputws(L"zz", file);
    fclose(file);
    printf("%zu", size);
    show(text, size + 1);
    free(text);
}

static void dates(void)
{
    struct tm tm = {
        .tm_year = 121, .tm_mon = 4, .tm_mday = 3, .tm_hour = 14, .tm_wday = 1, .tm_yday = 122};
    wchar_t text[64];

    for (size_t room = 1; room < 40; room += 6) {
        size_t n = wcsftime(text, room, L"\u20ac %Y-%m-%d %A %-d%%", &tm);
        printf("%zu", n);
        show(text, n);
    }
}

int main(void)
{
    printf("%s\n", setlocale(LC_ALL, "C.UTF-8"));
    bytes();
    encode();
    strings_of_bytes();
    utf16();
    kinds();
    strings();
    numbers();
    formats();
    scans();
    files();
    memory();
    dates();
}
