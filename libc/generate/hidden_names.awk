# Lists the global names of libc.a that no public header mentions. Each such NAME becomes
# __libc_NAME, so that programs may use it. Input: all public headers, then the output of nm.
# SPDX-License-Identifier: MIT

FILENAME != "-" {
    gsub(/[^A-Za-z0-9_]+/, " ")
    n = split($0, words, " ")
    for (i = 1; i <= n; i++)
        public[words[i]] = 1
    next
}

NF == 3 && !($3 in public) && $3 !~ /^_/ && $3 != "main" && !seen[$3]++ {
    print $3 " __libc_" $3
}
