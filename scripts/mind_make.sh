#!/bin/sh
# GNU make passes SIGTERM on to what it runs, but an interrupt that is sent to make alone (not by Ctrl-C, which reaches
# everybody) only makes it wait. It then no longer catches SIGINT, which /proc shows: pass the interrupt on. A make that
# was killed stops Evenkeel too. Usage: scripts/mind_make.sh PID_OF_MAKE PID_OF_EVENKEEL
[ -r "/proc/$1/status" ] || exit 0
while sleep 0.5 && kill -0 "$2" 2>/dev/null; do
    # The last digit has the bits of signals 1 to 4; SIGINT is 2.
    case $(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$1/status" 2>/dev/null) in
        [2367abef]) ;;
        *) kill -INT "$2" && exit 0 ;;
    esac
done
