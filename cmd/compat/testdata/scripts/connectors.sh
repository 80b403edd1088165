#!/bin/bash
# Connectors.
td connector:guess seed.yml -o load.yml #= same
td connector seed.yml --out load.yml --guess csv #= same
td connector:guess -g csv,json seed.yml #= same
td connector:guess --type s3 --access-id id --access-secret secret --source bucket #= broken
td connector:preview load.yml -f json #= same
id=$(td connector:issue load.yml --database web --table access --time-column time | awk '{print $2; exit}') #= same
job=$(td connector:issue load.yml --database web --table access -w --auto-create-table | grep -o 'Job [0-9]*') #= better change
td connector:issue load.yml --database web --table access --wait | grep 'Status *: success' #= better
td connector:list --format csv #= same
td connector:create nightly @daily web access load.yml --time-column time --timezone UTC --delay 60 #= same
td connector:create nightly @daily web access load.yml -t UTC -D 60 | grep Cron #= change
td connector:show nightly #= same
td connector:show nightly | sed -n '/^Config/,$p' > nightly.yml #= same
td connector:update nightly --newname daily --database web --table access --schedule @daily --timezone UTC --delay 0 --time-column time --config load.yml --config-diff diff.yml #= same
td connector:update nightly load.yml -n daily -d web -t access -s -z UTC -D 0 -T time -c load.yml #= same
td connector:delete nightly #= same
td connector:history nightly --format csv #= same
td connector:run nightly #= same
td connector:run nightly '2026-01-01 00:00:00' --wait || echo failed #= broken
