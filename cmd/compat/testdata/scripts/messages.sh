#!/bin/bash
# Streams that are discarded or captured.
td query -w -d web 'SELECT 1' 2>/dev/null #= better look
td db:show web 2>/dev/null || td db:create web #= same
td db:show web >/dev/null #= better
td db:show web &>/dev/null && echo exists #= same
td query -w -d web 'SELECT 1' >/dev/null #= better look
td query -d web 'SELECT 1' >/dev/null #= look
td --quiet query -w -d web 'SELECT 1' >/dev/null #= better
names=$(td db:list -f csv 2>/dev/null) #= better
td table:create web access 2>&1 | grep -q 'already exists' #= same
td table:delete web access -f 2>&1 | grep -q 'Error' #= look change
td job:show 12 2>&1 | grep 'Status *: error' #= better
td db:list | grep -i error #= change
exec >> /var/log/nightly.log 2>&1
td query -w -d web 'SELECT 1' #= better
td table:import web access access.json --json #= broken
