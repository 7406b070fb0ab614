/* regerror: the messages, in glibc's words. */
/* SPDX-License-Identifier: MIT */
#include <regex.h>
#include <string.h>

size_t regerror(int error, const regex_t *restrict regex, char *restrict text, size_t size)
{
    static const char *const messages[] = {
        "Success",
        "No match",
        "Invalid regular expression",
        "Invalid collation character",
        "Invalid character class name",
        "Trailing backslash",
        "Invalid back reference",
        "Unmatched [, [^, [:, [., or [=",
        "Unmatched ( or \\(",
        "Unmatched \\{",
        "Invalid content of \\{\\}",
        "Invalid range end",
        "Memory exhausted",
        "Invalid preceding regular expression",
        "Premature end of regular expression",
        "Regular expression too big",
        "Unmatched ) or \\)",
    };
    size_t n = sizeof(messages) / sizeof(messages[0]);
    const char *message = (size_t)error < n ? messages[error] : "Unknown error";

    (void)regex;
    if (size > 0)
        strlcpy(text, message, size);
    return strlen(message) + 1;
}
