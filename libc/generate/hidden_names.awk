# Which global names of libc.a are its own affair: those that no public header mentions. First
# all public headers, then the output of nm. Each such NAME becomes __libc_NAME, so that programs
# may use it.

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
