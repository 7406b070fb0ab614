/* Locales and wide characters, where the two locales are ours: which there are, what setlocale
 * makes of the environment, bytes that pass through the C locale, and files with bytes that are no
 * character. tests/libc/same/wide.c compares the rest with the host's library. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <langinfo.h>
#include <locale.h>
#include <wchar.h>

static void names(void)
{
    CHECK_STR(setlocale(LC_ALL, NULL), "C");
    CHECK_EQ(MB_CUR_MAX, 1);
    CHECK(setlocale(LC_ALL, "de_DE.UTF-8") == NULL);
    CHECK(setlocale(-1, "C") == NULL);
    CHECK(setlocale(LC_ALL + 1, "C") == NULL);
    CHECK_STR(setlocale(LC_CTYPE, "C.utf8"), "C.UTF-8");
    CHECK_EQ(MB_CUR_MAX, 4);
    CHECK_STR(setlocale(LC_NUMERIC, NULL), "C");
    const char *all =
        "LC_CTYPE=C.UTF-8;LC_NUMERIC=C;LC_TIME=C;LC_COLLATE=C;LC_MONETARY=C;LC_MESSAGES=C";
    CHECK_STR(setlocale(LC_ALL, NULL), all);
    CHECK_STR(setlocale(LC_ALL, "C.UTF-8"), "C.UTF-8");
    CHECK_STR(setlocale(LC_ALL, all), all);
    CHECK(setlocale(LC_ALL, "LC_CTYPE=C;LC_NUMERIC=xx") == NULL);
    CHECK_STR(setlocale(LC_ALL, NULL), all);
    CHECK_STR(setlocale(LC_ALL, "POSIX"), "C");
}

static void environment(void)
{
    setenv("LANG", "C.UTF-8", 1);
    CHECK_STR(setlocale(LC_ALL, ""), "C.UTF-8");
    setenv("LC_CTYPE", "C", 1);
    setlocale(LC_ALL, "");
    CHECK_STR(setlocale(LC_CTYPE, NULL), "C");
    CHECK_STR(setlocale(LC_TIME, NULL), "C.UTF-8");
    setenv("LC_ALL", "C.utf8", 1);
    CHECK_STR(setlocale(LC_ALL, ""), "C.UTF-8");
    setenv("LC_ALL", "", 1);
    setenv("LC_CTYPE", "", 1);
    setenv("LANG", "tlh", 1);
    CHECK(setlocale(LC_ALL, "") == NULL);
    CHECK_STR(setlocale(LC_ALL, NULL), "C.UTF-8");
    unsetenv("LANG");
    CHECK_STR(setlocale(LC_ALL, ""), "C");
}

/* In the C locale every byte becomes a wide character and that the byte again. */
static void bytes_pass(void)
{
    bool pass = true;

    for (int byte = 1; byte < 256; byte++) {
        char text[2] = {(char)byte}, back[8];
        wchar_t c;

        pass &= mbrtowc(&c, text, 2, NULL) == 1 && btowc(byte) == (wint_t)c;
        pass &= wcrtomb(back, c, NULL) == 1 && back[0] == text[0] && wctob((wint_t)c) == byte;
        pass &= c == (byte < 128 ? byte : 0xdf00 + byte);
    }
    CHECK(pass);
    CHECK_ERR(wcrtomb((char[8]){0}, 0xe4, NULL), EILSEQ);
    CHECK_EQ(btowc(EOF), WEOF);
}

static void objects(void)
{
    locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", NULL);

    CHECK(utf8 != NULL);
    CHECK_NULL_ERR(newlocale(LC_ALL_MASK, "none", NULL), ENOENT);
    CHECK_NULL_ERR(newlocale(1 << 20, "C", NULL), EINVAL);
    CHECK(uselocale(NULL) == LC_GLOBAL_LOCALE);
    CHECK(uselocale(utf8) == LC_GLOBAL_LOCALE);
    CHECK_EQ(MB_CUR_MAX, 4);
    CHECK_STR(nl_langinfo(CODESET), "UTF-8");
    locale_t other = duplocale(utf8);
    other = newlocale(LC_CTYPE_MASK, "C", other);
    CHECK(uselocale(other) == utf8);
    CHECK_EQ(MB_CUR_MAX, 1);
    CHECK_STR(nl_langinfo(CODESET), "ANSI_X3.4-1968");
    CHECK_STR(nl_langinfo_l(CODESET, utf8), "UTF-8");
    CHECK(uselocale(LC_GLOBAL_LOCALE) == other);
    freelocale(other);
    freelocale(utf8);
}

static void files(void)
{
    FILE *file = fopen("bytes", "w+");

    setlocale(LC_ALL, "C.UTF-8");
    CHECK_ERR((int)fputwc(0xd800, file), EILSEQ);
    CHECK(ferror(file));
    clearerr(file);
    CHECK_ERR(fputws(L"ab\xd800z", file), EILSEQ);
    rewind(file);
    CHECK_EQ(fgetwc(file), 'a');
    CHECK_EQ(fgetwc(file), 'b');
    CHECK_EQ(fgetwc(file), WEOF);
    rewind(file);
    fwrite("a\xff\xe2\x82z\xe2\x82", 1, 7, file);
    rewind(file);
    CHECK_EQ(fgetwc(file), 'a');
    CHECK_ERR((int)fgetwc(file), EILSEQ); /* no character begins so */
    CHECK(ferror(file));
    CHECK_ERR((int)fgetwc(file), EILSEQ); /* the z is not part of it, and read next */
    CHECK_EQ(fgetwc(file), 'z');
    CHECK_ERR((int)fgetwc(file), EILSEQ); /* the file ends in the middle */
    CHECK(feof(file));
    fclose(file);
    CHECK_EQ(fwide(stdin, 0), 0);
    CHECK(fwide(stdin, -1) < 0);
    CHECK(fwide(stdin, 1) < 0);
}

int main(void)
{
    names();
    environment();
    bytes_pass();
    objects();
    files();
    return check_done();
}
