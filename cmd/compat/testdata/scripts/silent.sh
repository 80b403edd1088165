#!/bin/bash
# What the Ruby toolbelt did not do, without an error.
td query -d web 'SELECT 1' -f csv -o out.csv #= broken
td query -d web -w 'SELECT 1' -o out.csv #= better broken
td query -d web -w 'SELECT 1' -o out.jsonl #= better change
td query -d web -w 'SELECT 1' -o out.csv.gz #= better change
td query -d web -w 'SELECT 1' -f csv -o "out-$DAY.csv.gz" #= better change
td query -d web -w 'SELECT 1' -o - #= better change
td query -d web -w 'SELECT 1' -f msgpack.gz -o out.msgpack.gz #= better
td query -d web -w 'SELECT 1' -o out.xlsx #= better change
td query -d web -w 'SELECT 1' -o out.txt #= better change
while [ -e out.txt.tmp ]; do sleep 1; done
td query -w 60 -d web 'SELECT 1' #= broken
td -f json db:list #= broken
td sched:update daily -q daily.sql #= broken
td sched:update daily -q "$(cat daily.sql)" #= partly
td table:delete web old < /dev/null #= broken
yes | td table:delete web old #= same
echo y | td table:delete web old #= same
td table:delete web old --force #= same
td query -d web -w #= broken
td query -d web -w < report.sql #= broken
td query -d web -w - < report.sql #= better
td query -d web -w -c 'SELECT 1' #= broken
td query -d web -w -l 10 -o out.tsv 'SELECT 1' #= better broken
td query -d web -T pig 'SELECT 1' #= change
td query -d web --sampling 2 'SELECT 1' #= same
td query -w 'SELECT 1' #= better
td query -d web -w -k KEY 'SELECT 1' #= broken
td show-job 12 #= broken
td table:show web #= broken
td -k '' db:list #= change
td db:lst #= broken
td account:usage | awk '{print $2}' #= broken
td user:show me 2> me.txt #= change
td user:show me | grep Email #= broken
td update #= change
td help db | head -5 #= look
td db > commands.txt #= look
TD_CLIENT_DEBUG=1 td db:list #= change
