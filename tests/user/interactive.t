#!/usr/bin/expect -f
# What a person does at the prompt, on a terminal of 33 lines by 77 columns: BusyBox's shell, then
# our osh, the shell on the machine that GRUB boots, and tools/vm's own keys.
# SPDX-License-Identifier: MIT

set top [file dirname [file dirname [file dirname [file normalize [info script]]]]]
set vm $top/tools/vm
set env(TERM) xterm
set stty_init "rows 33 columns 77"
set timeout 120
set count 0
log_user 0

# ---- Verdicts, and what a terminal does ---------------------------------------------------------

proc verdict {good what {got ""}} {
    global count
    incr count
    puts "[expr {$good ? "ok" : "not ok"}] $count - $what"
    if {!$good} {
        foreach line [split $got "\n"] {
            puts "#   on the screen: [string map {"\x1b" ^[ "\r" ""} $line]"
        }
    }
    flush stdout
}

# The pattern comes on the screen before the time is up.
proc see {what pattern} {
    global timeout expect_out spawn_id
    expect {
        -re $pattern { verdict 1 $what; return }
        eof { set text "$expect_out(buffer)\n(the end)" }
        timeout { set text [unread] }
    }
    verdict 0 $what "wanted: $pattern\n$text"
}

# What came and was not waited for.
proc unread {} {
    global timeout expect_out spawn_id
    expect -timeout 0 -re .+ { return "$expect_out(buffer)\n(and no more for $timeout s)" }
    return "(nothing for $timeout s)"
}

proc type {keys} {
    send -- $keys
}

# Waits for the prompt; BusyBox asks where the cursor is, and a terminal tells.
set prompt {ouros:[^ ]*# (\x1b\[6n)}
proc prompt {} {
    global prompt spawn_id timeout
    expect {
        -re $prompt { send -- "\x1b\[5;10R" }
        -re {/[^ \r\n]* \$ $} {}
        eof { give_up "the machine ended" }
        timeout { give_up [unread] }
    }
}

# Without a prompt nothing that follows would mean anything.
proc give_up {why} {
    global count
    verdict 0 "a prompt comes" $why
    puts "1..$count"
    catch { exec kill [exp_pid] }
    exit 1
}

# Types a command and sees what it prints; the prompt is there before and after.
proc command {what line pattern} {
    type "$line\r"
    expect -re {\r\n}
    see $what $pattern
    prompt
}

# The rest does not matter.
proc finish {} {
    catch { expect eof }
    catch { wait }
}

# The program ends, with this status.
proc ends {what status} {
    expect {
        eof {}
        timeout { verdict 0 $what "it goes on"; exec kill [exp_pid]; wait; return }
    }
    set got [lindex [wait] 3]
    verdict [expr {$got == $status}] $what "status $got, wanted $status"
}

# ---- A shell -------------------------------------------------------------------------------------

proc test_keys {} {
    type "echo onx\x7fe\r"
    see "Backspace" {\r\none\r\n}
    prompt
    type "echo ac\x1b\[Db\r"
    see "the left arrow: a letter is put in" {\r\nabc\r\n}
    prompt
    type "echo lost\x15echo kept\r"
    see "Ctrl-U drops the line" {\r\nkept\r\n}
    prompt
    type "echo one two\x17three\r"
    see "Ctrl-W drops a word" {\r\none three\r\n}
    prompt
    type "cho begin\x01\x01e\r"
    see "Ctrl-A (twice, for tools/vm) goes to the beginning" {\r\nbegin\r\n}
    prompt
    type "echo again and again\r"
    see "a command" {\r\nagain and again\r\n}
    prompt
    type "\x1b\[A\r"
    see "the up arrow brings it back" {\r\nagain and again\r\n}
    prompt
    type "cat /etc/hostn\t\r"
    see "Tab completes a name" {\r\nouros\r\n}
    prompt
    type "echo dropped\x03"
    prompt
    type "echo status $?\r"
    see "Ctrl-C at the prompt drops the line, not the shell" {\r\nstatus \d+\r\n}
    prompt
}

# Starts a program in front that says so: from then on keys are for it, or for the terminal.
proc start {line said} {
    type "$line\r"
    expect -re "\r\n$said\r\n"
}

# A program to be ended or stopped. A shell may have a sleep of its own, which /bin/sleep is not;
# and BusyBox ignores Ctrl-\\ while it runs a script.
proc make_nap {} {
    command "a script" "printf '#!/bin/osh\\necho naps\\nexec /bin/sleep 50\\n' >/bin/nap; \
        chmod 755 /bin/nap; echo made" {made\r\n}
}

# Types a command again until it prints this: what it tells of may still be on its way.
proc soon {what line pattern} {
    global expect_out spawn_id
    for {set tries 0} {$tries < 50} {incr tries} {
        type "$line; echo d''one\r"
        expect -re {^(.*)done\r\n}
        set text $expect_out(1,string)
        prompt
        if {[regexp -- $pattern $text]} break
        after 100
    }
    verdict [regexp -- $pattern $text] $what "wanted: $pattern\n$text"
}

proc test_signals {} {
    make_nap
    foreach {name key status} {Ctrl-C \x03 130 "Ctrl-\\" \x1c 131} {
        start nap naps
        type $key
        prompt
        command "$name ends the program in front, not the shell" {echo status $?} \
            "status $status\r\n"
    }
    start "nap | cat | cat" naps
    type "\x03"
    prompt
    command "Ctrl-C ends a whole pipeline" {ps | grep -c '[s]leep 50'} {^0\r\n}
    start "trap 'echo caught' INT; nap" naps
    type "\x03"
    see "a trap of the shell's runs after Ctrl-C" {caught\r\n}
    prompt
    command "and can be taken back" {trap - INT; echo done} {done\r\n}
}

proc test_jobs {} {
    start nap naps
    type "\x1a"
    see "Ctrl-Z stops the program in front" {\[1\]\+ +Stopped +nap}
    prompt
    command "jobs shows it" jobs {\[1\]\+ +Stopped +nap}
    command "ps shows it stopped" {ps -o stat,comm | grep -e nap -e sleep} {T +(nap|sleep)}
    command "bg lets it go on" bg {\[1\] nap}
    command "jobs shows that" jobs {\[1\]\+ +Running +nap}
    type "fg\r"
    see "fg brings it to the front" {nap\r\n}
    after 200
    type "\x03"
    prompt
    command "where Ctrl-C ends it" {echo status $?} {status 130\r\n}
    command "a background job has a number" "/bin/sleep 49 &" {}
    soon "ps shows it" "ps" {/bin/sleep 49}
    command "kill %1 ends it" "kill %1; wait %1; echo status \$?" {status 143\r\n}
    type "cat &\r"
    prompt
    soon "reading from the background stops the reader" jobs {\[1\]\+ +Stopped \(tty input\) +cat}
    type "fg\r"
    expect "cat\r\n"
    after 300
    type "typed\r\x04"
    see "which fg and Ctrl-D end" {typed\r\ntyped\r\n}
    prompt
}

proc test_input {} {
    start "echo go; cat > typed" go
    type "one line\rand a part\x04\x04"
    prompt
    command "Ctrl-D: a line's part, then the end" "wc typed" { 1 +5 +19 typed\r\n}
    start "stty -echo; echo go; read secret; stty echo" go
    type "hidden\r"
    prompt
    command "stty -echo hides what is typed" {echo "<$secret>"} {<hidden>\r\n}
    command "the terminal is sane again" "stty -a" {[ ]icanon.*[ ]echo}
    start "echo go; cat -v" go
    type "a\x16\x03b\r\x04"
    see "Ctrl-V takes the next key as it is" {\r\na\^Cb\r\n}
    prompt
    start "echo go; cat" go
    type "wrong\x15right\r\x04"
    see "Ctrl-U works without an editor too" {\r\nright\r\n}
    prompt
}

proc test_screen {} {
    command "the terminal has the size of the host's" "stty size" {33 77\r\n}
    command "all three streams are terminals" \
        "test -t 0 && test -t 1 && test -t 2 && echo terminals" {terminals\r\n}
    command "a great output comes whole" "seq 1 3000 | tail -n 2001 | grep -c ." {2001\r\n}
    type "vi note\r"
    see "vi fills the screen to its last line" {\x1b\[33;1H}
    after 200
    type "ihello from vi\rsecond line\x1b"
    after 300
    type "k0xiJ\x1b"
    after 300
    type ":wq\r"
    prompt
    command "vi edited and saved a file" "cat note" {Jello from vi\r\nsecond line\r\n}
    type "seq 1 200 | less\r"
    see "less shows one screen" {K32\r\n}
    after 300
    type " "
    see "a blank shows the next" {K64\r\n}
    type "q"
    prompt
    type "seq 1 200 | more\r"
    see "more shows one screen" {--More--}
    type "q"
    prompt
    type "top -d 1\r"
    see "top runs" {Mem:.*PID}
    type "q"
    prompt
    command "the shell is as before" "echo fine" {fine\r\n}
}

spawn $vm
see "the first screen is Ouros's name, how to leave, things to try, and the prompt in colour: six lines, none empty" \
    {^Ouros, [^\r\n]+\r\n +To leave: [^\r\n]+\r\n +To try: [^\r\n]+\r\n( +[^\r\n]+\r\n){3}\x1b\[1;32m}
prompt
command "ls shows letters and folders as they are" "cd /tmp; mkdir d; echo > ü; ls; cd" \
    {\x1b\[1;34md\x1b\[m.*ü}
test_screen
test_keys
test_signals
test_jobs
test_input
type "reboot\r"
see "reboot starts the machine anew" {To leave: }
prompt
type "exit 3\r"
ends "exit 3: the status of tools/vm" 3

spawn $vm
prompt
type "poweroff\r"
ends "poweroff ends with 0" 0

spawn $vm --cpus 4
prompt
test_signals
test_jobs
type "(exit 5)\r"
prompt
type "\x04"
ends "Ctrl-D ends the shell with the last status" 5

# ---- osh, our own --------------------------------------------------------------------------------

spawn $vm -- osh
prompt
command "osh: a command" "echo hi" {hi\r\n}
command "osh: cd, and the prompt shows it" "cd /usr/share" {}
type "pwd\r"
see "osh: pwd" {\r\n/usr/share\r\n}
prompt
set nap {osh -c "echo naps; exec /bin/sleep 50"}
start $nap naps
type "\x03"
prompt
command "osh: Ctrl-C ends the program in front" {echo $?} {130\r\n}
start $nap naps
type "\x1a"
see "osh: Ctrl-Z stops it, and osh says what to do" {stopped.*kill -CONT}
prompt
command "osh: it is stopped" {ps -o stat,comm | grep -e osh -e sleep} {T +(osh|sleep)}
type "\x03"
prompt
command "osh: Ctrl-C at the prompt does nothing bad" "echo alive" {alive\r\n}
command "osh: help" help {osh runs programs}
command "osh: up brings the line before" "echo one\r\x1b\[A" {one\r\n[^\n]*\n?[^\n]*one\r\n}
command "osh: the cursor moves in the line" "cho two\x1b\[H\x1b\[Cx\x7f\x1b\[De\x1b\[F \x1b\[3~" {two\r\n}
command "osh: keys that mean nothing do not appear" "echo \x1b\[5~\x1bOPthree" {(^|[\r\n])three\r\n}
type "sh -c 'exit 9'\r"
prompt
type "\x04"
ends "osh: Ctrl-D ends it with the last status" 9

# ---- Through GRUB --------------------------------------------------------------------------------

spawn $vm --iso --cpus 2
see "--iso: the first screen" {To leave: .*To try: }
prompt
command "--iso: the terminal's size" "stty size" {33 77\r\n}
test_signals
test_jobs
type "exit 3\r"
ends "--iso: exit 3" 3

# ---- tools/vm's own keys, and the host's terminal ------------------------------------------------

spawn $vm
prompt
type "\x01x"
ends "Ctrl-A x ends the shell's machine with 0" 0

spawn $vm -- sh -c "echo ready; exec /bin/sleep 50"
expect ready
after 200
type "\x01x"
ends "Ctrl-A x ends a program's machine with 130" 130

spawn $vm -- sh -c "echo ready; exec /bin/sleep 50"
expect ready
after 200
type "\x03"
ends "Ctrl-C is the program's: 130" 130

spawn sh -c "stty -g; $vm -- sh -c 'stty raw -echo'; stty -g"
expect -re {([0-9a-f:]+)\r\n([0-9a-f:]+)\r\n}
verdict [string equal $expect_out(1,string) $expect_out(2,string)] \
    "the host's terminal is as it was" $expect_out(buffer)
finish

spawn sh -c "$vm -- sh -c 'echo ready; cat' | cat"
expect ready
type "typed\r\x04"
see "typed input, output to a pipe" {typed\r+\ntyped}
finish

spawn sh -c "echo piped | $vm -- cat"
see "piped input, output to the terminal" {^piped\r+\n}
ends "and it ends" 0

puts "1..$count"
