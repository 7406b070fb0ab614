# What osh understands, part by part: it prints what /bin/sh prints. Runs in an empty folder.
# SPDX-License-Identifier: MIT
echo "== words and quotes"
echo one   two	three
echo 'single  quotes' "double  quotes" un'quo't"ed"
echo 'it is "so"' "it's so" \'so\' \"so\" back\\slash
echo "a; b | c > d & e < f # g"; echo 'a; b | c > d & e'
echo "" ''
echo a#b # a comment
# a line of its own
   echo indented

echo "== variables"
export NAME=world
echo hello $NAME "hello $NAME" 'hello $NAME' \$NAME $NAME$NAME "$NAME's"
export TWO="two words"
echo "$TWO"
export NAME=again LAST=one
echo $NAME $LAST
sh -c 'echo child sees $NAME and $TWO'
unset LAST NAME
echo "<$LAST$NAME>"
sh -c 'echo "child sees <$NAME>"'

echo "== status"
true; echo $?
false; echo $?
sh -c 'exit 42'; echo $?
sh -c 'kill -TERM $$'; echo $?
no-such-program; echo $?
/; echo $?
false | true; echo $?
true | false; echo $?
true | sh -c 'exit 9'
echo $?

echo "== redirections"
echo first > file; echo second >> file; cat file
cat < file
cat < file > copy; cat copy
> empty cat empty
sort -r < file | tr a-z A-Z > upper; cat upper
echo more>>file;cat<file
echo gone > file; cat file
export OUT=named; echo by variable > $OUT; cat named
echo "with blank" > "a b"; cat 'a b'

echo "== pipelines"
echo one | cat
printf 'c\na\nb\n' | sort | head -n 2 | tail -n 1
seq 1 20000 | tail -n 1
yes | head -n 2
echo a|cat|cat|cat|cat|cat|cat|cat
cd / | echo still here

echo "== several commands in a line"
echo a; echo b;echo c
true; false; echo $?

echo "== directories"
mkdir dir; cd dir; pwd | sed 's|.*/||'; cd ..
cd dir; cd ..; ls -d dir
rmdir dir
cd /; pwd
cd /usr; pwd; cd ..; pwd
export HOME=/tmp; cd; pwd

echo "== background and wait"
sleep 0.2 & echo at once; wait; echo waited
sh -c 'sleep 0.1; echo behind' & wait; echo in front
true & true & wait; echo $?

echo "== built in, with redirections"
cd /tmp
pwd > /dev/null; echo $?
exec > /dev/null
echo nobody sees this
