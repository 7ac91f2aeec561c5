#!/bin/sh
# Starts a program only when the executor says so:
#
#   sh start.sh PROGRAM [VARIABLE…] -- [ARGUMENT…]
#
# Writes "ready" on descriptor 3 and waits there for the line "go". At the end of the stream, as when the executor has
# died, it ends: nothing of the package has run. A shell reads a line byte by byte, so what follows it is the program's.
# Each VARIABLE would act on this shell too (LD_PRELOAD), so it comes as SEALRUN_HELD_VARIABLE and is set after "go".

[ -x "$1" ] || exit 69
printf 'ready\n' >&3 || exit 70
IFS= read -r sealrun_go <&3 && [ "$sealrun_go" = go ] || exit 70
unset sealrun_go
sealrun_program=$1
shift
while [ "$1" != -- ]; do
  eval "export $1=\"\$SEALRUN_HELD_$1\""
  unset "SEALRUN_HELD_$1"
  shift
done
shift
# Not exported, so the program does not get it.
exec "$sealrun_program" "$@"
