#!/bin/bash
# Uses of the exit status.
td query -w -d web 'SELECT 1' #= broken
if [ $? -ne 0 ]; then exit 1; fi
td table:swap web live new #= change
if [ $? -eq 1 ]; then exit 1; fi
td db:show web #= change
rc=$?
case $rc in
  0) echo exists ;;
  1) td db:create web ;; #= same
esac
td export:table web access -b bucket -k "$AWS_KEY" -s "$AWS_SECRET" -w && echo exported #= broken
td export:result 123 backup -w || exit 1 #= broken
td connector:issue load.yml --database web --table access -w #= better
td query -w -d web 'SELECT 1' || true #= better
td query -w -d web 'SELECT 1' | cat #= better
td query -w -d web 'SELECT 1' | tee report.log #= broken
echo "${PIPESTATUS[0]}"
td table:import web access access.json --json && rm access.json #= broken
td query -w -d web 'SELECT 1' & #= broken
wait $!
td job:show 123 #= better
(
  set -e
  td job:show 123 -x #= look
)
count() {
  td query -w -d web -x 'SELECT count(1) FROM access' #= broken
}
count && echo counted
timeout 3600 td query -w -d web 'SELECT 1' || [ $? -eq 124 ] #= broken
local_rows=$(td query -w -d web -f tsv 'SELECT 1') #= better look
td bulk_import:perform session -w && td bulk_import:commit session -w #= same broken
td apikey:set "$NEW_KEY" && echo saved #= broken
! td db:show nosuch #= same
td query -w -d web 'SELECT 1' #= broken
