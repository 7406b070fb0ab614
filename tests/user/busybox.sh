# What a person does in BusyBox's shell; runs in an empty folder, and its output must be the same
# on Linux and on Ouros.
# Each part prints its name first, so that a difference is found quickly.
# SPDX-License-Identifier: MIT

echo "== pipelines and redirections"
echo one > out; echo two >> out; cat < out | sort -r | tr a-z A-Z
printf 'b\na\nc\n' | sort | head -n 2 | wc -l
(echo to-out; echo to-err >&2) 2> err; cat err
{ echo grouped; echo lines; } > group; wc -c < group
cat missing 2>&1; echo "status $?"
seq 1 100000 | tail -n 1
yes | head -n 3

echo "== here-documents and substitutions"
name=world
cat <<END
hello $name $((6 * 7)) $(echo nested $(echo deeper))
END
cat <<'END'
hello $name $((6 * 7))
END
echo "`echo old style`" "${name#w}" "${name%d}" "${#name}" "${missing:-default}"

echo "== control flow and functions"
for i in 1 2 3; do [ $i = 2 ] && continue; echo "for $i"; done
i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo "while $i"
case abc in a*) echo "case a*" ;; *) echo no ;; esac
f() { local x=$1; echo "f $x $#"; return 3; }; f a b; echo "f gave $?"
set -- x y z; shift; echo "$@" $#
(exit 5); echo "subshell $?"
false || echo or; true && echo and; ! false; echo "not $?"
set -e; (set +e; false; echo "still here"); set +e

echo "== traps and signals"
trap 'echo caught USR1' USR1; kill -USR1 $$; trap - USR1
sh -c 'trap "echo exit trap" EXIT; exit 4'; echo "status $?"
sh -c 'kill -TERM $$'; echo "killed: $?"
sh -c 'trap "" INT; kill -INT $$; echo ignored'
(sleep 10 & pid=$!; kill $pid; wait $pid; echo "wait gave $?") 2> /dev/null

echo "== background jobs and wait"
(sleep 0.1; echo slow) & echo fast; wait; echo "all done"
sh -c 'exit 9' & wait $!; echo "job gave $?"
for i in 1 2 3; do (exit $i) & done; wait; echo waited
mkfifo fifo; (echo through the fifo > fifo) & cat fifo; wait

echo "== directories"
mkdir -p a/b/c; mkdir -p a/b/c; mkdir a 2>&1; echo "status $?"
mkdir -m 700 private; stat -c '%A %n' private
cd a/b && pwd | sed 's|.*/a/|a/|'; cd - > /dev/null
rmdir -p a/b/c; ls -d a 2>&1
rmdir missing 2>&1; mkdir full; touch full/x; rmdir full 2>&1; rm -r full
mkdir -p t/two t/one/deep; touch t/one/f1 t/two/f2 t/one/deep/f3
find t | sort; find t -name 'f*' -type f | sort; find t -type d | wc -l
find t -name f3 -exec echo found {} \;

echo "== files"
umask 022; echo data > file; chmod 640 file; stat -c '%a %s %h %F %n' file
ln file hard; stat -c '%h' hard; ln -s file soft; readlink soft; stat -c '%F' soft
cp -a t copy; find copy | sort; cp file file2; cmp file file2 && echo same
mv file2 file3; ls file2 2>&1; cat file3
touch -d '2001-02-03 04:05:06' dated; stat -c '%Y' dated
ls -l --full-time dated | awk '{print $6, $7}'
rm -f soft hard; ls | sort | tr '\n' ' '; echo
dd if=/dev/zero of=zeros bs=1k count=64 2> /dev/null; stat -c %s zeros
dd if=zeros of=part bs=512 skip=2 count=3 2>&1 | sed 's/, .*//'; wc -c < part
dd if=/dev/zero of=sparse bs=1 count=1 seek=1000000 2> /dev/null; stat -c '%s' sparse
printf abc | dd of=file conv=notrunc 2> /dev/null; cat file
truncate -s 3 file; wc -c < file
head -c 100000 /dev/urandom > random; cp random random2; cmp random random2 && echo equal
md5sum zeros; sha256sum zeros

echo "== archives"
tar cf t.tar t; tar tf t.tar | sort; mkdir x; tar xf t.tar -C x; find x | sort
tar czf t.tgz t; gunzip -c t.tgz | tar tf - | wc -l
find t | sort | cpio -o -H newc 2> /dev/null > t.cpio; cpio -t < t.cpio 2> /dev/null | wc -l
gzip -k zeros; gunzip -c zeros.gz | cmp - zeros && echo gzip

echo "== environment"
FOO=bar env | grep '^FOO='; export BAR=baz; sh -c 'echo $BAR'; unset BAR; env | grep -c BAR
env -i A=1 B=2 env | sort; env -i sh -c 'echo ${HOME:-none}'
cat /proc/$$/environ | tr '\0' '\n' | grep -c '^PATH='

echo "== text tools"
printf '3 c\n1 a\n2 b\n' > table; sort -n table; sort -k2 -r table; cut -d' ' -f2 table
awk '{ sum += $1; names = names $2 } END { print sum, names }' table
awk 'BEGIN { for (i = 0; i < 3; i++) printf "%d:%s ", i, substr("abc", i + 1, 1); print "" }'
sed -n '2p; s/c/C/p' table; grep -n b table; grep -v b table | wc -l
echo 'a,b;c' | tr ',;' '  '; echo hello | rev; printf '%05d|%-5s|%x\n' 42 ab 255
seq 3 | xargs echo got; seq 3 | xargs -n 1 echo each; paste -s -d+ table
diff table table && echo no difference; sort table > sorted; diff table sorted
expr 3 + 4; basename /x/y.c .c; dirname /x/y.c; echo 'scale=3; 10/4' | bc 2> /dev/null || true
od -c table | head -n 1; hexdump -C table | head -n 1
uniq -c < sorted | awk '{ print $1 }' | sort -u

echo "== processes"
ps -o pid,comm | awk -v me=$$ '$1 == me { print "ps sees", $2 }'
sh -c 'echo $PPID' | grep -qx $$ && echo "parent is right"
(cd /proc/$$ && tr '\0' ' ' < cmdline | awk '{ print $1 }' | sed 's|.*/||')
readlink /proc/self/cwd | sed 's|.*/||' | wc -l
ls /proc/self/fd | head -n 3 | tr '\n' ' '; echo
time -f '' true 2> /dev/null; timeout 1 sleep 5; echo "timeout gave $?"
test "$(id -u)" = "$(stat -c %u /proc/self/)"; echo "id $?"; test -t 0; echo "terminal $?"
