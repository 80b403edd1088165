#!/bin/bash
# A nightly report that notices failures by the exit status.
set -euo pipefail
cd /srv/reports
DB=web

td query -d $DB -T presto -w -q daily.sql -f csv -c -o daily.csv #= better broken
mail -s 'daily report' team@example.com < daily.csv

td query -d$DB -Tpresto -w60 'SELECT count(1) FROM access' > /dev/null 2>&1 #= broken
td query --data $DB --type=presto --wait=3600 --quer weekly.sql --output weekly.tsv --format tsv --col #= better broken
td query -wcd web -f tsv -q hourly.sql -o hourly.tsv || echo 'the hourly report failed' #= better broken
td query -wx -d web 'INSERT INTO summary SELECT * FROM access' #= broken
if td query -w -d web 'SELECT 1'; then #= broken
  echo done
fi
