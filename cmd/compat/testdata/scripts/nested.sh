#!/bin/bash
# td in scripts within the script, and in arguments of other programs.
bash -c 'td db:list; td -f json db:list' #= same broken
sh -c "td table:list $DB" #= look
su - td -c 'td db:list' #= same
eval "td db:list" #= same
eval "$COMMAND td db:list" #= look
ssh batch@host td db:list #= partly
ssh batch@host 'td table:delete web old' #= partly
trap 'td job:kill 123' INT #= same
cat tables.txt | xargs -n 1 td table:show web #= partly
cat ids.txt | xargs -I{} td job:kill {} #= partly
cat ids.txt | xargs -P 4 -n 1 td job:show #= better
find . -name '*.sql' -exec td query -d web -q {} \; #= partly
sh <<'END'
td db:create web #= same
td db:delete web -f #= same
END
cat > /tmp/run.sh <<END
#!/bin/sh
td query -w -d web -q $FILE #= better
END
python3 <<END #= look
import subprocess
subprocess.run(["td", "query", "-w"])
END
mycron --command 'td query -w -d web' #= look
docker run --rm tools td db:list #= look
$RUN td db:list #= partly
$CMD query -d web -w 'SELECT 1' #= look
td "$@" #= look
td $COMMAND -f csv #= look
td query $OPTIONS 'SELECT 1' #= better look
echo '15 3 * * * td table:list web' | crontab - #= same
which td && type td
echo "usage: td query -d DB"
rm -f /usr/bin/td
