#!/bin/sh
# Submits a job, polls its status and fetches the result.
id=$(td query -d web -T hive -q report.sql | head -1 | awk '{print $2}') #= same
other=$(td query -d web -q other.sql | sed -n 's/^Job \([0-9]*\) is queued.*/\1/p') #= same
third=$(td query -d web -q third.sql | tail -1 | awk '{print $2}') #= change
fourth=`td query -d web -q fourth.sql | grep -o '[0-9]*'` #= look
until [ "$(td job:status $id)" = success ]; do #= partly
  sleep 30
done
while true; do
  case $(td job:status "$other") in #= partly
    success) break ;;
    error|killed) exit 1 ;;
  esac
  sleep 60
done
td job:show $id -w -f csv -o result.csv #= better
td job:show "$other" | grep '^Status' | awk '{print $3}' #= better
td job:show $third -f csv | sed '1,/^Result/d' #= better change
td job:show $fourth | head -n -1 #= better change
td job:show $fourth -v #= better
td job:kill $id #= partly
td kill $other && echo stopped #= partly
