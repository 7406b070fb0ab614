/* A file read and written in pieces of one byte, a page, and a megabyte. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <fcntl.h>
#include <unistd.h>

#define MB (1l << 20)

static int file = -1;
static long piece;
static char buffer[1 << 20];

static void open_file(long bytes)
{
    piece = bytes;
    file = open("data", O_CREAT | O_RDWR, 0666);
    MUST(file);
    if (write(file, buffer, MB) != MB)
        fail("write");
}

static void close_file(long bytes)
{
    (void)bytes;
    close(file);
    MUST(unlink("data"));
}

static void read_pieces(long n)
{
    while (n-- > 0)
        if (pread(file, buffer, piece, 0) != piece)
            fail("pread");
}

static void write_pieces(long n)
{
    while (n-- > 0)
        if (pwrite(file, buffer, piece, 0) != piece)
            fail("pwrite");
}

static const struct row rows[] = {
    {"read-1B", read_pieces, 500, open_file, close_file, 1, 0},
    {"read-4KB", read_pieces, 200, open_file, close_file, 4096, 0},
    {"read-1MB", read_pieces, 4, open_file, close_file, MB, 0},
    {"write-1B", write_pieces, 500, open_file, close_file, 1, 0},
    {"write-4KB", write_pieces, 200, open_file, close_file, 4096, 0},
    {"write-1MB", write_pieces, 4, open_file, close_file, MB, 0},
};
const struct group io_group = {"io", rows, sizeof(rows) / sizeof(rows[0])};
