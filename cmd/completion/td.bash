# bash completion for td

# Requires bash 3.2 or newer. The package bash-completion is not necessary. Code in the
# command line, such as "$(…)" or "> file", is never run.

# __td_plain sets REPLY to the word that td would receive: without quotes, with a leading
# variable or ~ expanded.
__td_plain()
{
    local variable='^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?(.*)$' name rest
    REPLY=$1
    if [[ $REPLY == \'* ]]; then
        REPLY=${REPLY//\'/}
        return
    fi
    REPLY=${REPLY//[\\\"\']/}
    if [[ $REPLY =~ $variable ]]; then
        name=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]}
        REPLY=${!name-}$rest
    elif [[ $REPLY == '~/'* ]]; then
        REPLY=$HOME/${REPLY:2}
    fi
}

# __td_words sets words to the words up to the cursor and cur to the last one. Bash splits
# the line at ":", "=" and "@" because COMP_WORDBREAKS contains them: names such as db:list are
# joined again. Redirections are omitted; redirected is set if cur belongs to one.
__td_words()
{
    local line=${COMP_LINE:0:COMP_POINT} piece blank joined='' skip='' i
    words=() cur='' redirected=''
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blank=${line%%[![:blank:]]*}
        line=${line#"$blank"}
        piece=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && piece=$line
        line=${line#"$piece"}
        if [[ $piece == [\<\>]* || $piece == '&>'* || $piece == [0-9][\<\>]* ]]; then
            skip=1 joined='' cur=''
        elif [[ -n $skip && ( $skip == 1 || -z $blank ) ]]; then
            skip=2 cur=$piece
        else
            skip=''
            if [[ -z $blank && $i -gt 0 && ( -n $joined || $piece == [:=@]* ) ]]; then
                cur+=$piece
                words[${#words[@]}-1]=$cur
            else
                cur=$piece
                words+=("$cur")
            fi
            joined=''
            [[ $piece == *[:=@] ]] && joined=1
        fi
    done
    redirected=$skip
}

# __td_show formats the candidates in COMPREPLY as a list with descriptions.
__td_show()
{
    local i name about width=0 room
    for i in "${!COMPREPLY[@]}"; do
        name=${COMPREPLY[i]%%$'\t'*}
        ((${#name} > width)) && width=${#name}
    done
    for i in "${!COMPREPLY[@]}"; do
        [[ ${COMPREPLY[i]} == *$'\t'* ]] || continue
        name=${COMPREPLY[i]%%$'\t'*} about=${COMPREPLY[i]#*$'\t'}
        room=$((${COLUMNS:-80} - width - 4))
        ((room < 12)) && { COMPREPLY[i]=$name; continue; }
        ((${#about} > room)) && about="${about:0:room-1}…"
        printf -v "COMPREPLY[i]" "%-${width}s  (%s)" "$name" "$about"
    done
}

__td()
{
    local cur redirected out directive reply word prefix='' cut='' i
    local -a words call alias
    COMPREPLY=()
    __td_words
    if [[ -n $redirected ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    for word in "${words[@]}"; do
        __td_plain "$word"
        call+=("$REPLY")
    done
    if ! type -P "${call[0]}" >/dev/null 2>&1; then # an alias
        alias=(td)
        # Without BASH_ALIASES, bash would evaluate the subscript as arithmetic.
        if [[ $(declare -p BASH_ALIASES 2>/dev/null) == 'declare -A'* ]]; then
            read -ra alias <<<"${BASH_ALIASES[${call[0]}]-td}"
        fi
        call=(td "${alias[@]:1}" "${call[@]:1}")
    fi
    out=$("${call[0]}" __complete "${call[@]:1}" 2>/dev/null)
    directive=${out##*:}
    [[ $directive == *[!0-9]* || -z $directive ]] && return
    out=${out%:*}

    if ((directive & 16)); then
        compopt -o dirnames 2>/dev/null
        return
    elif ((!(directive & 4))); then
        compopt -o bashdefault -o default 2>/dev/null
        return
    fi
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 32)) && compopt -o nosort 2>/dev/null

    # Readline inserts candidates after the last word break or quote, but before an @.
    [[ $cur == --*=* ]] && prefix=${cur%%=*}=
    if [[ $cur != [\"\']* ]]; then
        for i in : = @; do
            [[ $cur == *"$i"* && $COMP_WORDBREAKS == *"$i"* ]] || continue
            word=${cur%"${cur##*"$i"}"}
            [[ $i == @ ]] && word=${word%@}
            ((${#word} > ${#cut})) && cut=$word
        done
    fi
    while IFS= read -r reply; do
        [[ -n $reply ]] || continue
        word=$prefix${reply%%$'\t'*}
        [[ $cur == [\"\']* ]] || printf -v word %q "$word"
        word=${word#"$cut"}
        case ${COMP_TYPE-} in
        63 | 33 | 64) # list the candidates
            [[ $reply == *$'\t'* ]] && word+=$'\t'${reply#*$'\t'} ;;
        esac
        COMPREPLY+=("$word")
    done <<<"$out"
    if ((${#COMPREPLY[@]} == 1)); then
        COMPREPLY[0]=${COMPREPLY[0]%%$'\t'*}
    elif ((${#COMPREPLY[@]} > 1)); then
        __td_show
    fi
}

if [[ $(type -t compopt) == builtin ]]; then
    complete -F __td td
else # bash 3.2 has no compopt: offer file names if there is nothing else
    complete -o default -F __td td
fi
