#!/bin/sh
# Starts a program only when the executor says so:
#
#   sh start.sh LIMITS PROGRAM [VARIABLE…] -- [ARGUMENT…]
#
# Writes "ready" on descriptor 3 and waits there for the line "go". If the stream ends first, because the executor died,
# the shell exits and nothing of the package has run. A shell reads a line byte by byte, so the program gets what
# follows it. Each VARIABLE would also act on this shell (LD_PRELOAD), so it comes as SEALRUN_HELD_VARIABLE and is set
# after "go". LIMITS are settings of "ulimit" such as "c=0 n=4096"; one that is refused is stricter already.

for sealrun_limit in $1; do
  ulimit "-${sealrun_limit%%=*}" "${sealrun_limit#*=}" 2>/dev/null || :
done
unset sealrun_limit
shift
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
# sealrun_program is not exported, so the program does not get it.
exec "$sealrun_program" "$@"
