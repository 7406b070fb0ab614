/* strerrorname_np: the name of an error number as text, such as "ENOENT". */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <abi/errno_list.h>

#define NAME(name, text) [name] = #name,
static const char *const names[] = {[0] = "0", ERRNO_LIST(NAME)};

const char *strerrorname_np(int number)
{
    if (number < 0 || number >= (int)(sizeof(names) / sizeof(names[0])))
        return NULL;
    return names[number];
}
