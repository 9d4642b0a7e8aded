#!/bin/sh
# Scores pictures: sh classify.sh PICTURE…
# LOOKOUT_API names the service, LOOKOUT_TOKEN a token if it wants one.
set -eu
api="${LOOKOUT_API:-http://127.0.0.1:8080}"
for picture in "$@"; do
    curl --silent --show-error --fail-with-body \
        ${LOOKOUT_TOKEN:+--header "Authorization: Bearer $LOOKOUT_TOKEN"} \
        --form "file=@$picture" "$api/v1/classify"
    echo
done
