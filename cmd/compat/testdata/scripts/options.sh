#!/bin/bash
# The flags of query and job:show.
td query -d web --wait --vertical --user me --priority very-high --retry 3 --limit 10 --type hive 'SELECT 1' #= better
td query -d web -w -G -u me -P -2 -R 3 -l 10 -T trino -r mysql://host/db/t 'SELECT 1' #= better
td query -d web --result backup --pool-name pool --domain-key daily-1 --engine-version stable 'SELECT 1' #= better
td query -d web -O pool -x -w --exclude 'SELECT 1' #= better
td query --database web --output out.tsv --format json --column-header --wait --query q.sql #= better
td query -d web -p -r mysql://me@host/db/t 'SELECT 1' #= same
echo secret | td query -d web --password -r mysql://me@host/db/t 'SELECT 1' #= look
td query -d web -w -f msgpack -o out.msgpack 'SELECT 1' #= better
td query -d web -w -f msgpack.gz -o out.msgpack.gz 'SELECT 1' #= better
td query -d web -w -f msgpack 'SELECT 1' > out.msgpack #= better look
td query -d web -w -f "$FORMAT" 'SELECT 1' #= better
td query -d web -w -l "$LIMIT" 'SELECT 1' #= better
td query -d "$DB" -w -f tsv 'SELECT 1' #= better
td query -d $DB 'SELECT 1' #= partly
td query -d web 'SELECT 1' -- -w #= broken
td job 12; td job:show 12 --verbose #= better
td job:show 12 --wait --vertical --limit 3 #= better
td job:show 12 -G -l 3 -w60 #= better
td job:show 12 --output out.csv --format csv --column-header --null '' #= better
td job:show 12 -c -f tsv --null NULL > rows.tsv #= better look
td job:show 12 -o out.msgpack.gz -f msgpack.gz #= better
td job:status 12 #= same
