#!/bin/bash
# Schedules, result URLs and exports.
td sched:list -f csv | cut -d, -f1 #= same
td scheds; td schedules; td schedule:list --format tsv #= same
td sched:create daily '0 2 * * *' -d web 'SELECT 1' #= same
td sched:create daily '0 2 * * *' --database web --timezone Asia/Tokyo --delay 60 --result backup --user me --priority high --query daily.sql --retry 3 --type presto --engine-version stable #= same
td schedule:create daily @daily -d web -t UTC -D 0 -r backup -u me -P 1 -q daily.sql -R 3 -T hive #= same
td sched:create daily @daily -d web -p 'SELECT 1' < /dev/null #= broken
td sched:create daily @daily -d web --password 'SELECT 1' #= same
td sched:delete daily; td schedule:delete daily #= same
td sched:update daily --newname hourly --schedule @hourly --query 'SELECT 1' --database web --result backup --timezone UTC --delay 0 --priority low --retry 0 --type presto --engine-version stable #= same
td sched:update daily -n hourly -s @hourly -d web -r '' -t UTC -D 0 -P -1 -R 0 -T hive #= same
td sched:update daily -s @hourly | grep updated #= change
td sched:history daily --page 1 --skip 2 --format table #= same
td sched daily; td sched:hist daily; td schedule:history daily; td schedule:hist daily #= same
td sched:run daily '2026-01-01 00:00:00' -n 3 -f csv | tail -n +2 #= same
td sched:run daily '2026-01-01 00:00:00' --num 1 --format json #= same
td sched:result daily --last 2 -f csv -o daily.csv #= better
td sched:result daily --last #= better
td sched:result daily -v -w -G -l 10; td sched:result daily -x #= better
td schedule:result daily --verbose --wait --vertical --limit 10 --null '' --output d.tsv #= broken
td sched:result daily --column-header --format csv --exclude #= better
td sched:result daily -c -f csv #= better
td schedule:update daily -s @daily; td schedule:run daily now #= broken
td result:list --format json #= better
td results -f csv #= better
td result backup; td result:show backup #= better
td result:create backup mysql://host/db/table --user me --password #= same
td result:create backup mysql://host/db/table -u me -p #= same
td result:delete backup #= same
td export:result 123 backup --wait --priority high --retry 3 #= better
td export:result 123 backup -P high -R 3 #= same
td export:table web access --wait --from 2026-01-01 --to 2026-02-01 --s3-bucket b --prefix p --aws-key-id k --aws-secret-key s --file-format jsonl.gz --pool-name pool --encryption s3 --assume-role arn #= better
td table:export web access -f 1 -t 2 -b b -p p -k AKIA -s SECRET -F tsv.gz -O pool -e s3 -a arn #= same
status=$(td export:table web access -w -b b -k k -s s | grep Status) #= better
