# bash completion for td

# It needs bash 3.2 or newer and nothing else: the package bash-completion may be there
# or not. Nothing that stands on the line is run, be it "$(…)" or "> file".

# __td_plain sets REPLY to a word as td would see it: without quotes, with the variable or
# the ~ at its head looked up.
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

# __td_words fills words with the line up to the cursor, cur with its last word. Bash splits
# the line at ":" and "=", because COMP_WORDBREAKS holds them: names such as db:list are put
# back together. Redirections are left out; redirected tells that cur belongs to one.
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
            if [[ -z $blank && $i -gt 0 && ( -n $joined || $piece == [:=]* ) ]]; then
                cur+=$piece
                words[${#words[@]}-1]=$cur
            else
                cur=$piece
                words+=("$cur")
            fi
            joined=''
            [[ $piece == *[:=] ]] && joined=1
        fi
    done
    redirected=$skip
}

# __td_show formats the names in COMPREPLY for a list, with what is said of each.
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
        # Where bash knows no BASH_ALIASES, it would reckon with what stands in the brackets.
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

    # Readline puts what is found behind the last word break, or behind a quote.
    [[ $cur == --*=* ]] && prefix=${cur%%=*}=
    if [[ $cur != [\"\']* ]]; then
        for i in : =; do
            [[ $cur == *"$i"* && $COMP_WORDBREAKS == *"$i"* ]] || continue
            word=${cur%"${cur##*"$i"}"}
            ((${#word} > ${#cut})) && cut=$word
        done
    fi
    while IFS= read -r reply; do
        [[ -n $reply ]] || continue
        word=$prefix${reply%%$'\t'*}
        [[ $cur == [\"\']* ]] || printf -v word %q "$word"
        word=${word#"$cut"}
        case ${COMP_TYPE-} in
        63 | 33 | 64) # a list is shown
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
else # bash 3.2: without compopt, file names are offered wherever nothing else is
    complete -o default -F __td td
fi
