# Makes the kernel's table of symbols from `nm -n`; the second link puts it after the code.
# SPDX-License-Identifier: MIT

# Converts hexadecimal digits to a number. Only the lower half of an address is converted: it fits.
function number(hex,    i, value) {
    for (i = 1; i <= length(hex); i++)
        value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
    return value
}

$2 ~ /^[tT]$/ && $3 !~ /^[.$]/ && $3 !~ /^kernel_(start|text_end)$/ {
    if ($1 < "ffffffff80000000")
        next
    n++
    address[n] = number(substr($1, 9)) - 2147483648
    name[n] = $3
}

END {
    print "    .section .symbol_table, \"a\""
    print "    .global n_symbols, symbols, symbol_names"
    print "    .balign 8"
    print "n_symbols:"
    print "    .long " n + 0
    print "    .balign 8"
    print "symbols:"
    for (i = 1; i <= n; i++) {
        print "    .long " address[i] ", " offset + 0
        offset += length(name[i]) + 1
    }
    print "symbol_names:"
    for (i = 1; i <= n; i++)
        print "    .asciz \"" name[i] "\""
    print "    .section .note.GNU-stack, \"\", @progbits"
}
