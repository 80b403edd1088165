#!/bin/bash
# Accounts, users, keys and servers.
td account -f #= same
td account me --force #= same
printf 'me\nsecret\n' | td account -f #= look
td account:usage #= same
usage=$(td account:usage 2>&1) #= same
td password:change #= same
td apikey:show #= same
key=$(td apikey) #= same
td apikey:set 1/0123456789abcdef0123456789abcdef01234567 #= better
td apikey:set -f "$key" #= partly
td apikey:set --force "$key" | grep set #= look
td user:list -f csv; td users #= same
td user:show me; td user me #= same
td user:create you -e you@example.com -R #= same
td user:create you --email you@example.com --random-password | grep Password #= same
td user:delete you #= same
td user:apikey:list me; td user:apikey me; td user:apikeys me --format csv | tail -1 #= same
td user:apikey:add me; td user:apikey:remove me 1/0123456789abcdef #= same
td user:password:change me #= same
td server:status; td server #= same
td server:endpoint https://api.treasuredata.co.jp #= same
td status; td s #= same
td workflow version; td wf:version #= better broken
td workflow:version; td workflow:reset; td workflow:update 0.10 #= better
td wf push proj --project dir #= better
td workflow start proj main --session now | grep id: #= look
td wf run main.dig #= change
yes | td -k dummy wf #= better
td update #= change
