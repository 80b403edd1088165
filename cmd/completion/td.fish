# fish completion for td

# Nothing that stands on the line is run: td is called with its words, not with its text.

# __td_plain prints a word as td would see it: without quotes, with the variable or the ~ at
# its head looked up.
function __td_plain
    set -l word $argv[1]
    set -l parts (string match -r '^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?(.*)$' -- $word)
    if test (count $parts) -eq 3
        set word $$parts[2]$parts[3]
    end
    string replace -r '^~/' $HOME/ -- "$word"
end

function __td_complete
    set -l words
    set -l skip 0
    for word in (commandline -opc)
        if test $skip -eq 1
            set skip 0
        else if string match -qr '^[0-9&]?[<>][>&|?]*$' -- $word
            set skip 1
        else
            set -a words (__td_plain $word)
        end
    end
    set -l current (commandline -ct)
    if test $skip -eq 1
        __fish_complete_path $current
        return
    end

    set -l program $words[1]
    type -q -- $program; or set program td
    set -l asked (__td_plain (string replace -ra '["\'\\\\]' '' -- "$current"))
    set -l found (command $program __complete $words[2..-1] "$asked" 2>/dev/null)
    set -l directive (string match -r '^:([0-9]+)$' -- $found[-1])
    test (count $directive) -eq 2; or return
    set directive $directive[2]

    # fish replaces the whole of --flag=value.
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l value (string replace -r -- '^--[^=]*=' '' "$current")
    if test (math "floor($directive / 16) % 2") -eq 1
        set found (__fish_complete_directories "$value" '')
    else if test (math "floor($directive / 4) % 2") -eq 0
        set found (__fish_complete_path "$value")
    else
        set found $found[1..-2]
    end
    for name in $found
        printf '%s%s\n' "$prefix" $name
    end
end

complete -c td -e
complete -c td -f -k -a '(__td_complete)'
