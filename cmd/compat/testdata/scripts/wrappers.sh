#!/bin/bash
# td behind variables, functions, aliases and other programs.
TD=/usr/local/bin/td
TD_OPTS="-c /etc/td/td.conf"
FIND=$(command -v td)
QUERY=(td query -w -d web)
shopt -s expand_aliases
alias tdq='td query -d web'

run() { "$TD" $TD_OPTS "$@"; }
submit() {
  local sql=$1
  run query -d web -q "$sql" #= same
}

$TD db:list #= same
"${TD}" $TD_OPTS table:list web #= same
$FIND table:show web access #= same
"${QUERY[@]}" 'SELECT 1' #= better
run job:list 10 #= same
run query -w -d web 'SELECT 1' | wc -l #= better look
submit one.sql
tdq 'SELECT 1' #= same
sudo -u td -H td db:list #= same
env TZ=UTC TD_API_KEY=$KEY td table:list #= same
nice -n 10 ionice -c3 td table:list web #= same
nohup td query -w -d web -q long.sql > long.out 2>&1 & #= better look
timeout -k 10 600 td db:list #= same
time td db:list #= same
flock -n /tmp/td.lock td table:import web access access.json --json #= better
flock /tmp/td.lock -c 'td table:delete web old -f' #= same
exec td db:list #= same
bundle exec td db:list #= change
rbenv exec td db:list #= change
/home/me/.rbenv/shims/td db:list #= change
/opt/td-agent/embedded/bin/td db:list #= change
