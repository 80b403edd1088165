#compdef td
# zsh completion for td

# Nothing that stands on the line is run, be it "$(…)" or a quoted command.
_td()
{
    local out line word prefix program
    local -a call lines shown keep
    local -i directive
    setopt localoptions extendedglob

    # The words up to the cursor as td would see them: without quotes, with the variable or
    # the ~ at their head looked up.
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

    # What is offered follows the "=" of --flag=.
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

if [[ $funcstack[1] == _td ]]; then # found on fpath, at the first TAB
    _td "$@"
elif (( $+functions[compdef] )); then
    compdef _td td
else
    print -u2 'td: run compinit before this script'
fi
