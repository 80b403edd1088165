#compdef td
# zsh completion for td

# Code in the command line, such as "$(…)", is never run.
_td()
{
    local out line word prefix program
    local -a call lines shown keep
    local -i directive
    setopt localoptions extendedglob

    # The words that td would receive: without quotes, with a leading variable or ~ expanded.
    for word in "${(@)words[1,CURRENT-1]}" "$PREFIX"; do
        if [[ $word == (#b)\$(\{|)([A-Za-z_][A-Za-z0-9_]#)(\}|)(*) ]]; then
            word=${(P)match[2]}${(Q)match[4]}
        else
            word=${(Q)word}
            [[ $word == '~/'* ]] && word=$HOME/${word[3,-1]}
        fi
        call+=("$word")
    done
    program=$call[1]
    (( $+commands[$program] )) || [[ -x $program ]] || program=td
    out=$("$program" __complete "${(@)call[2,-1]}" 2>/dev/null)
    lines=("${(@f)out}")
    [[ $lines[-1] == :<-> ]] || return 1
    directive=${lines[-1]#:}
    lines=("${(@)lines[1,-2]}")

    # Candidates follow the "=" of --flag=.
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if (( directive & 16 )); then
        _path_files -/
        return
    elif (( ! (directive & 4) )); then
        _files
        return
    fi
    for line in $lines; do
        line=${line//:/\\:}
        shown+=("${line/$'\t'/:}")
    done
    (( directive & 32 )) && keep=(-V)
    if (( directive & 2 )); then
        _describe $keep td shown -S ''
    else
        _describe $keep td shown
    fi
}

if [[ $funcstack[1] == _td ]]; then # autoloaded from fpath
    _td "$@"
elif (( $+functions[compdef] )); then
    compdef _td td
else
    print -u2 'td: run compinit before this script'
fi
