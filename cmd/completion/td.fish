# fish completion for td

# Code in the command line is never run.

# __td_plain prints the word that td would receive: without quotes, with a leading variable
# or ~ expanded.
function __td_plain
    set -l word $argv[1]
    set -l parts (string match -r '^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?(.*)$' -- $word)
    if test (count $parts) -eq 3
        set word $$parts[2]$parts[3]
    end
    string replace -r '^~/' $HOME/ -- "$word"
end

# __td_ask sets __td_found to the candidates at the cursor. It fails if these are file
# names, which fish completes itself.
function __td_ask
    set -g __td_found
    set -l words
    set -l redirected 0
    for word in (commandline -opc)
        if test $redirected -eq 1
            set redirected 0
        else if string match -qr '^[0-9&]?[<>][>&|?]*$' -- $word
            set redirected 1
        else
            set -a words (__td_plain $word)
        end
    end
    test $redirected -eq 0; or return 1

    set -l current (commandline -ct)
    set -l program $words[1]
    type -q -- $program; or set program td
    set -l asked (__td_plain (string replace -ra '["\'\\\\]' '' -- "$current"))
    set -l found (command $program __complete $words[2..-1] "$asked" 2>/dev/null)
    set -l directive (string match -r '^:([0-9]+)$' -- $found[-1])
    test (count $directive) -eq 2; or return 0
    set directive $directive[2]

    # fish replaces all of --flag=value.
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l value (string replace -r -- '^--[^=]*=' '' "$current")
    if test (math "floor($directive / 16) % 2") -eq 1
        string match -q '~*' -- "$value"; and return 1
        set found (__fish_complete_directories "$value" '')
    else if test (math "floor($directive / 4) % 2") -eq 0
        return 1
    else
        set found $found[1..-2]
    end
    for name in $found
        set -a __td_found "$prefix$name"
    end
    return 0
end

complete -c td -e
complete -c td -f -k -n __td_ask -a '$__td_found'
