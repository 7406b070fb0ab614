# Reads syscall.tbl into arrays for the scripts that make something of it, and finds its mistakes.
#
# Afterwards: kinds by name in kernel_type and libc_type; calls 1 to n_calls in
# number, name, result, home, manual, test, n_args and, by (call, argument), kind and arg. The variable
# `annexes` names those that are built, which is_built() asks.
# SPDX-License-Identifier: MIT

BEGIN {
    FS = "[ \t]*[|][ \t]*"
    last_number = -1
    split("vfs ramfs ipc dev", fs_rooms, " ")
    for (i in fs_rooms)
        set_first(fs_rooms[i], "struct fs_context *fs", "&self->fs")
    set_first("mm", "struct space *space", "self->space")
    split("proc sched syscall", thread_rooms, " ")
    for (i in thread_rooms)
        set_first(thread_rooms[i], "struct thread *self", "self")
    split("rdi rsi rdx r10 r8 r9", register, " ")
}

# What the handlers of a room get as their first parameter, and how the door obtains it.
function set_first(room, parameter, argument) {
    first_parameter[room] = parameter
    first_argument[room] = argument
}

function wrong(message) {
    print FILENAME ":" FNR ": " message > "/dev/stderr"
    failed = 1
    exit 1
}

# A C declaration, with no blank between a pointer's star and its name.
function declare(type, what) {
    return type (type ~ /\*$/ ? "" : " ") what
}

# Is the handler of call i part of this kernel?
function is_built(i,    parts) {
    split(home[i], parts, "/")
    return parts[1] != "annex" || index(" " annexes " ", " " parts[2] " ")
}

# What a C programmer writes: the call with libc's types.
function synopsis(i,    text, j) {
    text = declare(result[i] == "never" ? "void" : libc_type[result[i]], name[i]) "("
    for (j = 1; j <= n_args[i]; j++)
        text = text (j > 1 ? ", " : "") declare(libc_type[kind[i, j]], arg[i, j])
    return text (n_args[i] ? ")" : "void)")
}

function is_fetched(kind_name) {
    return kernel_type[kind_name] == "const char *"
}

function read_kind(    words) {
    if (NF != 3)
        wrong("a kind has 3 fields, not " NF)
    split($1, words, /[ \t]+/)
    kernel_type[words[2]] = $2
    libc_type[words[2]] = $3
    kind_names[++n_kinds] = words[2]
}

# An annex whose handlers get what a room's get.
function read_annex(    words) {
    if (split($1, words, /[ \t]+/) != 2 || NF != 2)
        wrong("an annex has a name and a room")
    like[words[2]] = $2
}

# The room whose handlers are like those of a file: its own, or what its annex says, or else proc.
function room_of(path,    parts) {
    split(path, parts, "/")
    if (parts[1] != "annex")
        return parts[1]
    return parts[2] in like ? like[parts[2]] : "proc"
}

function read_call(    pairs, words, j) {
    if (NF != 7)
        wrong("a call has 7 fields, not " NF)
    if ($1 + 0 <= last_number)
        wrong("calls are in the order of their numbers")
    last_number = $1 + 0
    n_calls++
    number[n_calls] = $1
    name[n_calls] = $2
    result[n_calls] = $3
    home[n_calls] = $4
    room[n_calls] = room_of($4)
    manual[n_calls] = $6
    test[n_calls] = $7
    if (!(result[n_calls] in kernel_type))
        wrong("unknown kind of result: " $3)
    if (!(room[n_calls] in first_parameter))
        wrong("no handlers live in the room " room[n_calls])
    n_args[n_calls] = split($5, pairs, /[ \t]*,[ \t]*/)
    if (n_args[n_calls] > 6)
        wrong("more than six arguments")
    for (j = 1; j <= n_args[n_calls]; j++) {
        if (split(pairs[j], words, /[ \t]+/) != 2)
            wrong("not a kind and a name: " pairs[j])
        if (!(words[1] in kernel_type))
            wrong("unknown kind: " words[1])
        kind[n_calls, j] = words[1]
        arg[n_calls, j] = words[2]
    }
}

{ sub(/^[ \t]+/, ""); sub(/[ \t\r]+$/, "") }
/^#/ || /^$/ { next }
/^kind[ \t]/ { read_kind(); next }
/^annex[ \t]/ { read_annex(); next }
/^[0-9]/ { read_call(); next }
{ wrong("neither a kind, an annex nor a call") }
