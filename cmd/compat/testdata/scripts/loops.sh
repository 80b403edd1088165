#!/bin/bash
# Loops over lists.
for db in $(td db:list -f csv | tail -n +2 | cut -d, -f1); do #= same
  td table:list "$db" -f json > "tables/$db.json" #= partly
done
td db:list | grep web | awk -F'|' '{print $2}' #= same
td table:list web | cut -c 10-30 #= look
td tables web | awk '{print $4}' #= better
td job:list -f json | jq -r '.[].JobID' #= better
td job:list 100 -R -f csv | while IFS=, read -r id status rest; do #= better
  td job:kill "$id" #= partly
done
td jobs -E -p 2 -s 10 | grep error #= better
td job:list --slow 7200 --success | tail -1 #= better
td job:list --slow -S --page 1 --skip 5 --running --error #= same
td table:list -n 8 --show-bytes #= same
td table:list web --num_threads 4 --format tsv #= same
for job in 1 2 3; do
  td job:show $job -x --format json > "$job.txt" #= better
  td job:show --exclude "$job" | grep Query #= better
done
td result:list -f csv > results.csv #= change
td result:show backup | grep URL #= better
td results #= better
td sched:history daily -f csv | tail -n +13 #= change
td sched:history daily -f json | jq . #= broken
td sched:history daily 5 -p 1 -s 0 #= same
td status | head -3 #= better
td connector:history load -f csv #= same
td user:list --format json #= same
