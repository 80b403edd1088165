#!/bin/bash
# Failures are found by a search in the output, because the status was always 0.
log=/var/log/td/load.log
if td query -w -d web -q load.sql | grep -q 'Status *: error'; then #= better change
  exit 1
fi
out=$(td query -w -d web -q load.sql 2>&1) #= same better
if [[ $out =~ 'Status      : success' ]]; then
  echo loaded
fi
td query -w -d web -q load.sql > $log 2>&1 #= better look change
grep -q '^Error' $log && exit 1
td table:import web access access.json --json | grep imported #= better change
td table:import web access access.json --json -t time 2>&1 | tee -a $log #= better
td table:import web access access.log.gz --apache >> $log #= better look change
rows=$(td query -w -d web -f csv 'SELECT 1' | tail -n +9) #= better change
td query -w -d web 'SELECT 1' | sed '/^Result/,$!d' #= better change
td query -w -d web -f json 'SELECT 1' | jq '.[0]' #= better broken
td query -w -d web 'SELECT 1' | awk '{print $2}' #= better look
td query -w -d web 'SELECT 1' -o rows.tsv | grep written #= better change
result=`td -k "$TD_KEY" query -T presto -d web -w -q load.sql 2>&1` #= same better
started=$(echo "$result" | grep 'started at')
count=$(td query -d web -w 'SELECT count(*) FROM t' | grep -A4 Result | sed -n 4p | tr -d '| ') #= better change
last=$(td query -d web -w -f csv 'SELECT max(time) FROM t' | tail -1) #= better
td query -d web -w -f json 'SELECT 1' > out.json && jq . out.json #= broken look
