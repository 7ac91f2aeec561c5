#!/bin/sh
[ "$(sealrun-context input)" = "$TOKEN" ] && echo "input and variable are the same: $TOKEN"
