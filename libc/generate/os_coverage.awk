# Prints what libc/os.tbl covers: the table for README.md (-v want=table), or the names that the
# tests must cover, one in each line (-v want=names).
# SPDX-License-Identifier: MIT

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

BEGIN { FS = "|" }
/^# ---- / { title = $0; gsub(/^# -+ | -+$/, "", title); next }
/^#/ || /^[ \t]*$/ { next }

{
    name = trim($1)
    prototype = trim($2)
    ours = name ~ /^\+/
    sub(/^\+/, "", name)
    if (prototype != "-" && prototype != "macro") {
        if (want == "names" && prototype ~ /\(/)
            print name
        offered++
    }
    in_path = name ~ /^path\./
    if (!ours) {
        all[in_path]++
        if (prototype == "-")
            missing[in_path]++
    }
    if (title != last && want == "table") {
        rows = rows "\n**" title "**\n\n| name | in C | |\n|---|---|---|\n"
        last = title
    }
    if (prototype == "-")
        rows = rows "| " name " | - | " trim($3) " |\n"
    else if (prototype == "macro")
        rows = rows "| " name " | yes | " trim($3) " |\n"
    else
        rows = rows "| " name (ours ? " (C only)" : "") " | `" prototype "` | " trim($6) " |\n"
}

END {
    if (want != "table")
        exit
    printf "Of the %d callables of Python 3.11's `os` on Linux, %d", all[0], all[0] - missing[0]
    printf " are here and %d are not; of the %d", missing[0], all[1]
    printf " of `os.path`, %d.\n", all[1] - missing[1]
    printf "%s", rows
}
