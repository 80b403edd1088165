#!/bin/bash
# Differences that are easy to miss.
td() { command td -c /etc/td.conf "$@"; }
td query -d web -w 'SELECT 1' > "$DIR/rows.txt" #= better change
tail -n +10 "$DIR/rows.txt" > clean.txt
td query -d web -w 'SELECT 1' -o "$DIR/out.jsonl" #= better change
td query -d web -w 'SELECT 1' -o "$OUT" #= better
td query -d web -w 'SELECT 1' -f csv -o "$DIR/out.csv" || exit 3 #= better broken
td sched:update daily -q "$DIR/daily.sql" #= broken
td ${TD_OPTS:-} db:list #= look
"${MY_TD}" query 'SELECT 1' #= look
cat old.txt | while read -r t; do
  td table:delete web "$t" #= broken
done
while read -r t; do
  td table:delete web "$t" #= broken
done < old.txt
td db:show web #= change
if [ "$?" = "1" ]; then td db:create web; fi #= same
id=$(td query -d web -q a.sql); id=${id#Job }; id=${id%% *} #= same
second=$(td query -d web -q b.sql); third=${second##*job:show } #= change
read -r _ fourth _ < <(td query -d web -q c.sql) #= look
td job:show "$id" | sed -n '/^Result/,$p' | tail -n +2 #= better look
td query -d web -w 'SELECT 1' > rows.out; [ -s rows.out ] || exit 1 #= better look
rows=$(td query -d web -w 'SELECT 1'); [ -z "$rows" ] && exit 1 #= better look
td table:import web access access.json --json 2>&1 | grep -c done #= better look
td table:create web access 2>&1 | grep -q 'Please' #= look
local_error() { td query -d web -w "$1" 2>&1 | grep -q Error && return 1; } #= better look change
local_error 'SELECT 1'
td connector:issue load.yml --database web --table access 2>/dev/null | tail -1 #= look change
td query -d web -w 'SELECT 1' | tee rows.txt | wc -l #= better look
td job:list | cut -c1-80 #= look
td table:list -f json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))' #= same
\td db:list #= same
td db:list | while read -r line; do echo "$line"; done #= same
git commit -m 'td query is gone'
make td #= look
