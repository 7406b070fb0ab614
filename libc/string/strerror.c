/* strerror: what an error number means, in Linux's words. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <abi/errno_list.h>

#define TEXT(name, text) [name] = text,
static const char *const texts[] = {[0] = "Success", ERRNO_LIST(TEXT)};

static const char *text_of(int number)
{
    if (number < 0 || number >= (int)(sizeof(texts) / sizeof(texts[0])))
        return NULL;
    return texts[number];
}

char *strerror(int number)
{
    static char unknown[40];
    const char *text = text_of(number);

    if (text)
        return (char *)text;
    snprintf(unknown, sizeof(unknown), "Unknown error %d", number);
    return unknown;
}

int strerror_r(int number, char *buf, size_t size)
{
    const char *text = text_of(number);

    if (!text) {
        snprintf(buf, size, "Unknown error %d", number);
        return EINVAL;
    }
    return strlcpy(buf, text, size) < size ? 0 : ERANGE;
}
