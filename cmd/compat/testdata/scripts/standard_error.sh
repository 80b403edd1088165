#!/bin/bash
# Standard error that is read alone: messages of a success are there now.
td query -w -d web 'SELECT 1' -f csv -o out.csv 2>query.err #= better look
[ -s query.err ] && mail -s failed ops <query.err
td query -d web 'SELECT 1' 2>submit.err #= look
if [ -s submit.err ]; then echo failed; fi
err=$(td table:import web access access.json --json 2>&1 >/dev/null) #= better look
[ -n "$err" ] && echo "$err"
td table:expire web access 30 2>&1 >/dev/null | grep . #= look
td query -w -d web 'SELECT 1' -x 2>&1 >/dev/null | mail -s messages ops #= better look
td table:create web access 2>&1 >/dev/null | grep . #= same
td query -w -d web 'SELECT 1' -f csv -o a.csv 2>a.log || mail -s failed ops <a.log #= better broken
td --quiet query -w -d web 'SELECT 1' -f csv -o b.csv 2>b.err #= better
[ -s b.err ] && echo failed
