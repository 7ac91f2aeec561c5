#!/bin/sh
set -eu
for name in SEALRUN_PROVE_SERVICE SEALRUN_PROVE_PROJECT SEALRUN_PROVE_PLATFORM SEALRUN_PROVE_SET; do
  echo "$name is $(sealrun-context get "$name")"
done
# The control is in a command line that others can read; secrets never are.
sh -c 'sleep 0.5' "$SEALRUN_PROVE_CONTROL"
