#!/bin/sh
# Global flags and environment variables.
export TREASURE_DATA_CONFIG_PATH=/etc/td.conf TREASURE_DATA_API_KEY=$KEY
export TD_CONFIG_PATH=/etc/td.conf
export TREASURE_DATA_API_SERVER=https://api.treasuredata.com TREASURE_DATA_API_IMPORT_SERVER=https://api-import.treasuredata.com
export TD_API_KEY TD_API_SERVER TD_API_IMPORT_SERVER TD_API_HEADERS HTTP_PROXY=http://proxy:8080 http_proxy no_proxy
export TD_TOOLBELT_DEBUG=1 #= better
export TD_CLIENT_DEBUG=1 #= change
export TD_TOOLBELT_JAR_UPDATE=0 TD_TOOLBELT_UPDATE_ROOT=x TD_TOOLBELT_JARUPDATE_ROOT=x #= same
export TD_WF_JAVA=/usr/bin/java TD_DIGDAG_URL=x TD_WF_JRE_BASE_URL=x #= same
td -c /etc/td.conf db:list #= same
td --config /etc/td.conf db:list #= same
td -k 1/0123456789abcdef db:list #= same
td --apikey=$KEY db:list #= partly
td -e https://api.treasuredata.com/ db:list #= same
td --endpoint https://api.treasuredata.co.jp --import-endpoint https://api-import.treasuredata.co.jp db:list #= same
td --insecure -e localhost:8080 db:list #= same
td -v db:list #= same
td --verbose -r db:list #= same
td --retry-post-requests query -d web 'SELECT 1' #= same
td --version #= same
td --version | grep -q '0\.1[0-9]' && echo ruby #= look
td -h #= same
td --help #= same
td #= same
td db:list -h #= same
td help query #= same
td help:all #= same
td help db #= same
td help db || true #= same
td db #= same
COLUMNS=200 LINES=50 td db:list #= same
gem install td #= change
sudo gem install td -v 0.16.10 #= change
curl -L https://toolbelt.treasuredata.com/sh/install-ubuntu-focal-td-agent4.sh | sh #= change
