/* The layout of programs: file header, segments, sections. */
#pragma once

#include <abi/elf.h>
