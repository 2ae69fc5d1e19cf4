#!/bin/sh
# Refuses what must never enter the history: the files of a commit are the arguments. Run by pre-commit.
status=0
for file in "$@"; do
    case $file in
        *.pem | *.key | .env | *.p12 | */demo.json) echo "$file: looks like a secret" && status=1 ;;
    esac
    [ "$(wc -c <"$file")" -le 26214400 ] || { echo "$file: larger than 25 MB" && status=1; }
    if grep -qIE -e '-----BEGIN [A-Z ]*PRIVATE KEY-----' "$file"; then
        echo "$file: contains a private key" && status=1
    fi
done
exit $status
