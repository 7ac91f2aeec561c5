#!/bin/sh
set -eu
echo "sending with $(sealrun-context get DB_PASSWORD)"
# A command line that others could read: the control goes there, a secret never does.
sh -c 'sleep 0.4' "$DEMO_CONTROL"
