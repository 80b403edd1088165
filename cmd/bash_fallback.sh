# Takes the place of _init_completion where the bash-completion package is not
# installed. Bash splits the line at ":" and "=", because COMP_WORDBREAKS holds
# them; names such as db:list are put back together here.
__td_init_completion()
{
    local line=${COMP_LINE:0:COMP_POINT} piece joined='' i
    COMPREPLY=() words=() cword=0
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)); then
            piece=${line#"${line%%[![:blank:]]*}"}
        fi
        if ((i > 0)) && [[ $line != [[:blank:]]* && (-n $joined || $piece == [:=]*) ]]; then
            words[cword]+=$piece
        else
            ((i > 0)) && ((cword++))
            words[cword]=$piece
        fi
        joined=''
        [[ $piece == *[:=] ]] && joined=1
        line=${line#"${line%%[![:blank:]]*}"}
        line=${line#"$piece"}
    done
    cur=${words[cword]}
    prev=${words[cword-1]}
}
