# Stopped, killed, crowded out: the workspace stays whole.
$ { echo order_id,ordered_at,total,currency,email; seq 600000 | awk '{print $1",2026-01-0"($1%9+1)",10.00,EUR,a"$1"@example.com"}'; } > large.csv; head -1001 large.csv > small.csv; tidemark init w && mkdir tmp
# Ctrl-C: the large file is dropped; while it is read, a second command is told to wait.
$ tidemark import -w w large.csv & p=$!; until ls w/engine >/dev/null 2>&1; do sleep .05; done; sleep .5; tidemark import -w w small.csv; echo busy $?; kill -INT $p; wait $p; echo stopped $?
~ busy 75
~ stopped 130
! is in use by another process
! nothing was left half done
$ tidemark import -w w small.csv
~ rows read 1,000: stored 1,000
$ tidemark assess -w w --json
~ "orders": 1000,
# The same without a workspace: the temporary folder goes, and the engine with it.
$ export TMPDIR=$PWD/tmp; tidemark assess large.csv & p=$!; until ls tmp/*/engine >/dev/null 2>&1; do sleep .05; done; sleep .5; n=$(pgrep -P $p); kill -INT $p; wait $p; echo stopped $?; ls -A tmp | wc -l; sleep .2; kill -0 $n 2>/dev/null || echo no engine
~ stopped 130
~ ^0$
~ no engine
# Killed in the middle, then opened again: nothing half, nothing doubled.
$ for t in .6 1.2 1.8; do tidemark import -w w large.csv >/dev/null & p=$!; sleep $t; kill -KILL $p; wait $p; done 2>/dev/null; tidemark import -w w large.csv; tidemark assess -w w --json
~ (stored 600,000|imported before)
~ "orders": 600000,
# The disk is full: told, and what was there before still is.
$ tidemark init q && tidemark import -w q small.csv > /dev/null; (trap '' XFSZ; ulimit -f 200; tidemark import -w q large.csv); echo code $?; tidemark assess -w q --json
~ code (69|7[0-4])
~ "orders": 1000,
# Mistakes in the answers, with their line.
= answers.yaml
| answers:
|   RET-1:
|     answer: seven
$ tidemark assess small.csv --answers answers.yaml
! answers.yaml:3
? 65
= broken.yaml
| answers: [
$ tidemark assess small.csv --answers broken.yaml
! broken.yaml:[12]
? 65
