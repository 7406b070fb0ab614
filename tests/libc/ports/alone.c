/* A program without any library, for a compiler and linker inside Ouros: it makes its own calls. */
/* SPDX-License-Identifier: MIT */
static long call(long number, long a, long b, long c)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

/* tcc calls them to give arrays and structures their values. */
void *memmove(void *to, const void *from, unsigned long size)
{
    for (unsigned long i = 0; i < size; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int byte, unsigned long size)
{
    for (unsigned long i = 0; i < size; i++)
        ((char *)to)[i] = (char)byte;
    return to;
}

struct pair {
    int number;
    double half;
};

static struct pair made(int number)
{
    struct pair pair = {number, number / 2.0};

    return pair;
}

void _start(void)
{
    char text[] = "0 made by tcc\n";
    struct pair pair = made(7);

    text[0] += (char)(pair.half * 2);
    call(1, 1, (long)text, sizeof(text) - 1);
    call(60, pair.number, 0, 0);
}
