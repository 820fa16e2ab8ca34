# What the examples' scripts share; to be sourced.

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# work_folder FOLDER: makes it, or, where the name is empty, a temporary one that goes with the
# script; its name is in $work.
work_folder() {
    work=$1
    if [[ -n $work ]]; then
        mkdir -p "$work"
    else
        work=$(mktemp -d)
        trap 'rm -rf "$work"' EXIT
    fi
}

# field KEY JSON: the first member of that name, without quotes, in zkml's one-line JSON.
field() {
    local pattern="\"$1\": \"?([^],}\"]*)"
    [[ $2 =~ $pattern ]] || fail "no $1 in: ${2:0:300}"
    printf '%s' "${BASH_REMATCH[1]}"
}

# seconds S, size BYTES: for people.
seconds() {
    local us
    printf -v us '%.6f' "$1"
    us=$((10#${us/./}))
    if ((us < 1000)); then
        printf '%d us' "$us"
    elif ((us < 1000000)); then
        printf '%d.%d ms' $((us / 1000)) $((us % 1000 / 100))
    else
        printf '%d.%02d s' $((us / 1000000)) $((us % 1000000 / 10000))
    fi
}
size() {
    if (($1 < 1000)); then
        printf '%d B' "$1"
    elif (($1 < 1000000)); then
        printf '%d.%d KB' $(($1 / 1000)) $(($1 % 1000 / 100))
    else
        printf '%d.%d MB' $(($1 / 1000000)) $(($1 % 1000000 / 100000))
    fi
}
