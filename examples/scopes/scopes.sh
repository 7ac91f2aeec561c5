#!/bin/sh
set -eu

echo "In shell"
for name in DB_HOST REGION SUPPORT_MAIL; do
  value=$(sealrun-context get "$name")
  echo "$name comes from ${value%%/*}"
done

if features=$(sealrun-context get FEATURES) && [ -z "$features" ]; then
  echo "FEATURES is the package's empty text"
fi
sealrun-context get NOT_SET || echo "NOT_SET ends with exit $?"

echo "DATABASE is JSON and prints as"
sealrun-context get DATABASE
