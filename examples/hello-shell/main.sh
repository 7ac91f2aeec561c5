#!/bin/sh
set -eu

echo "Hello from $(sealrun-context param package_name)"

# Into a variable of this shell: not exported, so that no other program sees it.
token=$(sealrun-context get API_TOKEN)
echo "The token has ${#token} characters and prints as $token"

# Straight into the program that needs it: never an argument, which every program of the run could read.
sealrun-context get SIGNING_KEY | sha256sum | grep -Eq '^[0-9a-f]{64} ' && echo "SIGNING_KEY went through a pipe"
echo "Only its second line prints as $(sealrun-context get SIGNING_KEY | sed -n 2p)"

# Exit 1 and no output: no scope has it.
if ! sealrun-context get NOT_SET; then
  echo "NOT_SET is in no scope"
fi

printf %s "seen by $(sealrun-context param package_name)" | sealrun-context state put note
echo "The state keeps: $(sealrun-context state get note)"
