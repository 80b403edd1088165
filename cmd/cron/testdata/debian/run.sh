# Runs Debian's cron for two minutes in a mount namespace of its own: unshare -m sh run.sh DIR, where DIR has the files of the
# package cron. HOME and PATH lead to the settings and to td. Mails are written to $HOME/mail/NAME, one file for each.
set -e
mount -t tmpfs tmpfs /var/spool
mkdir -p -m 1730 /var/spool/cron/crontabs
mkdir -p $HOME/layers $HOME/mail
mount -t tmpfs tmpfs $HOME/layers
for dir in usr/sbin etc; do
	mkdir -p $HOME/layers/$dir/upper $HOME/layers/$dir/work
	mount -t overlay overlay -o lowerdir=/$dir,upperdir=$HOME/layers/$dir/upper,workdir=$HOME/layers/$dir/work /$dir
done
cp -r $1/etc/pam.d /etc/
cat >/usr/sbin/sendmail <<'END'
#!/bin/sh
cat >$(mktemp $HOME/mail/XXXXXX)
END
chmod 755 /usr/sbin/sendmail
export PATH=$1/usr/bin:$PATH
cd $HOME

echo "HOME=$HOME" | crontab -
td cron:install ok '* * * * *' -- query -w -d sample_datasets -T trino -f csv -o ok.csv "SELECT '100%', '\\\\%', '\\%d'"
td cron:install fails '* * * * *' -- query -w -d sample_datasets -T trino 'SELECT nope'
td cron:install slow '* * * * *' --timeout 3s --on-timeout kill -- query -w -d sample_datasets -T trino -q long.sql
(
	crontab -l
	# Without --schedule the next run continues with the job.
	echo "* * * * * cd $HOME && exec $(command -v td) cron --lock detached -- query -w -d sample_datasets -T trino -q long.sql"
) | crontab -
# A line of the maximum length, 998 bytes.
install_long() {
	td cron:install long '* * * * *' "$@"
}
empty=$(install_long --dry-run -- query -w -d sample_datasets -T trino -f csv -o long.csv "SELECT length('')" | sed 's/^add to the crontab: [* ]*//')
zeros=$(printf %0$((998 - ${#empty}))d 0)
install_long -- query -w -d sample_datasets -T trino -f csv -o long.csv "SELECT length('$zeros')"
echo ${#zeros} >long.want
crontab -l >crontab.txt
$1/usr/sbin/cron -f &
cron=$!

sleep $((70 - $(date +%S | sed s/^0//)))
crontab -l | grep -v lock=fails | grep -v lock=slow | crontab -
kill -9 $(pgrep -f 'cron --lock detached')
sleep 60
td job:list -R --jq .job_id >running
kill $(pgrep -f 'cron --lock detached')
for i in $(seq 100); do
	test $(ls mail | wc -l) -ge 3 && break
	sleep 0.1
done
kill $cron
