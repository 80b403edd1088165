#!/bin/bash
# Commands and flags that only td has.
td table:undelete web access #= better
td job:result 12 -f csv #= better
td db:list --jq .name -f jsonl #= better
td --profile test db:list #= better
td query -d web --print-id 'SELECT 1' #= better
td db:list --format csv #= same
