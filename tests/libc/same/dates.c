/* strftime with all letters, flags, widths and modifiers, and strverscmp: inputs chosen by a fixed
 * seed. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t state = 17;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

/* Before 1970, glibc fills up the seconds (%s) with zeros in front of the sign; they are left out.
 */
static void format_dates(void)
{
    static const char letters[] = "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%+";
    static const char *const flags[] = {"",  "",   "-",  "_",  "0",  "^", "#",
                                        "+", "-^", "_0", "0_", "^#", "#^"};
    static const char *const modifiers[] = {"", "", "", "E", "O"};

    for (int i = 0; i < 20000; i++) {
        char format[32], width[8] = "", text[100] = "";
        char letter = letters[draw(sizeof(letters) - 1)];
        time_t time = (time_t)draw(1u << 31) * (draw(3) ? 1 : (time_t)draw(400) - 200);
        struct tm tm;

        if (draw(2))
            sprintf(width, "%u", draw(14));
        sprintf(format, "[%%%s%s%s%c]", flags[draw(13)], width, modifiers[draw(5)], letter);
        gmtime_r(&time, &tm);
        tm.tm_zone = "UTC";
        if (letter == 's' && time < 0)
            continue;
        size_t size = draw(10) ? sizeof(text) : draw(16);
        size_t length = strftime(text, size, format, &tm);
        printf("%s of %ld in %zu: %zu %s\n", format, (long)time, size, length, length ? text : "");
    }
}

static void draw_version(char *text, const char *like)
{
    static const char letters[] = "00011209a.-";
    size_t length = draw(7);

    for (size_t i = 0; i < length; i++)
        text[i] = like && i < strlen(like) && draw(3) ? like[i] : letters[draw(11)];
    text[length] = '\0';
}

static void compare_versions(void)
{
    for (int i = 0; i < 20000; i++) {
        char a[8], b[8];

        draw_version(a, NULL);
        draw_version(b, a);
        int order = strverscmp(a, b);
        printf("\"%s\" \"%s\": %d\n", a, b, (order > 0) - (order < 0));
    }
}

int main(void)
{
    format_dates();
    compare_versions();
}
