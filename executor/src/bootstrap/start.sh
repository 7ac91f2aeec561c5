#!/bin/sh
# Starts a program only when the executor says so:
#
#   sh start.sh LIMITS PROGRAM [VARIABLE…] -- [ARGUMENT…]
#   sh start.sh LIMITS --at-go
#   sh start.sh LIMITS --now PROGRAM [ARGUMENT…]
#
# Writes "ready" on descriptor 3 and waits there for the line "go". If the stream ends first, because the executor died,
# the shell exits and nothing of the package has run. A shell reads a line byte by byte, so the program gets what
# follows it. Each VARIABLE would also act on this shell (LD_PRELOAD), so it comes as SEALRUN_HELD_VARIABLE and is set
# after "go". LIMITS are settings of "ulimit" such as "c=0 n=4096"; one that is refused is stricter already.
#
# The other two are for processes that are started ahead of their step. With --at-go, the lines after "go" name the
# variables and the program with its arguments. With --now, the program itself writes "ready" and waits.

for sealrun_limit in $1; do
  ulimit "-${sealrun_limit%%=*}" "${sealrun_limit#*=}" 2>/dev/null || :
done
unset sealrun_limit
shift
if [ "$1" = --now ]; then
  shift
  [ -x "$1" ] || exit 69
  exec "$@"
fi
[ "$1" = --at-go ] || [ -x "$1" ] || exit 69
printf 'ready\n' >&3 || exit 70
IFS= read -r sealrun_go <&3 && [ "$sealrun_go" = go ] || exit 70
unset sealrun_go

if [ "$1" = --at-go ]; then
  # Each line is a letter and a text: "v" begins a value and "l" adds a line to it; "n" names the variable that gets it,
  # "a" makes it an argument; "." ends. Only shell variables hold them, which the program does not get.
  shift
  while IFS= read -r sealrun_line <&3; do
    case $sealrun_line in
      v*) sealrun_value=${sealrun_line#v} ;;
      l*)
        sealrun_value="$sealrun_value
${sealrun_line#l}"
        ;;
      n*) eval "export ${sealrun_line#n}=\"\$sealrun_value\"" ;;
      a*) set -- "$@" "$sealrun_value" ;;
      *) break ;;
    esac
  done
  [ "$sealrun_line" = . ] || exit 70
  exec "$@"
fi

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
