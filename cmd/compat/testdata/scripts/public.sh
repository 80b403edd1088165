#!/bin/bash
# The kinds of calls in public scripts: labelled blocks as files, types of columns, a search in the log, expect.
for id in $(cat ids.txt); do
  td job:show "$id" -x --format json > jobs/$id.json #= better
done
td import:auto --format csv --column-header --column-types string,int --time-value "$(date +%s)" --auto-create web.access access.csv #= better
output=`td -k $TD_API_KEY query -T presto -d web -w -q query.sql 2>&1` #= same better
if echo "$output" | grep -q 'Status *: success'; then
  start=$(echo "$output" | sed -n 's/.*started at //p')
  finish=$(echo "$output" | sed -n 's/.*finished at //p')
fi
td table:import web access --json -t time access.json > import.out #= better change
grep -q imported import.out || exit 1
expect -c 'spawn td account -f; expect "Email:"; send "me\r"' #= look
td query -Tpresto -dweb 'SELECT 1' -w #= better
td query -wc -T presto -f tsv -d web -q query.sql #= better
td database:show web #= same
td table:export web access --s3-bucket b --prefix p --aws-key-id "$ID" --aws-secret-key "$SECRET" --file-format jsonl.gz #= partly
