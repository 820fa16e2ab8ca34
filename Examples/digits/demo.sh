#!/usr/bin/env bash
# Three real models, two of them quantised too, on real images, from ONNX file to verified proof; then forgeries.
#
# Needs nothing but the command line (bin/zkml, or $ZKML). Works in a temporary folder, or in
# $DEMO_FOLDER, which it keeps. Exits with status 1 unless everything is as it must be.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
zkml=${ZKML:-$here/../../bin/zkml}
models=(mlp cnn transformer mlp-int8 cnn-int8)
images=(digit-0.npy digit-3.npy digit-5.json digit-7.npy digit-8-ezkl.json digit-9.npz)

# shellcheck source=../reporting.sh
source "$here/../reporting.sh"
work_folder "${DEMO_FOLDER-}"

# flip FILE OFFSET: changes the lowest bit of one byte.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf '%b' "\\x$(printf '%02x' $((byte ^ 1)))" \
        | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# refused WHAT PROOF KEY REASONS: the proof must be refused for one of the reasons.
refused() {
    local what=$1 proof=$2 key=$3 reasons=$4 json reason status=0
    json=$("$zkml" verify "$proof" --key "$key" --allow-insecure-srs --json 2> /dev/null) || status=$?
    ((status == 1)) || fail "$what: exit status $status instead of 1"
    [[ $(field valid "$json") == false ]] || fail "$what: accepted"
    reason=$(field reason "$json")
    [[ " $reasons " == *" $reason "* ]] || fail "$what: refused as $reason instead of $reasons"
    printf '  %-38s refused: %s\n' "$what" "$reason"
}

declare -A cells bundle key proof compile prove verify memory agree error
for model in "${models[@]}"; do
    echo "== $model: compile with calibration"
    "$zkml" compile "$here/$model.onnx" --samples "$here/samples.npz" --dry-run
    json=$("$zkml" compile "$here/$model.onnx" -o "$work/$model" --samples "$here/samples.npz" --json)
    cells[$model]=$(field cells "$json")
    bundle[$model]=$(field bundleBytes "$json")
    key[$model]=$(field verifyingKeyBytes "$json")
    compile[$model]=$(field seconds "$json")
    echo "model ID $(field modelID "$json")"
    vk=$work/$model/verifying.key

    echo "== $model: prove and verify real images"
    for image in "${images[@]}"; do
        expected=${image//[^0-9]/}
        file=$work/$model-${image%.*}.proof
        made=$("$zkml" prove "$work/$model" --input "$here/$image" -o "$file" --json)
        checked=$("$zkml" verify "$file" --key "$vk" --input "$here/$image" --allow-insecure-srs --json) \
            || fail "$image: not valid: $checked"
        [[ $(field valid "$checked") == true ]] || fail "$image: not valid"
        class=$(field topClass "$checked")
        proof[$model]=$(field proofBytes "$made")
        prove[$model]=$(field seconds "$made")
        memory[$model]=$(field peakMemoryBytes "$made")
        verify[$model]=$(field seconds "$checked")
        printf '  %-18s a %s, proved %s; proof %s in %s, verified in %s\n' "$image" "$expected" "$class" \
            "$(size "${proof[$model]}")" "$(seconds "${prove[$model]}")" "$(seconds "${verify[$model]}")"
    done

    echo "== $model: the whole test split by integer inference, against the float model"
    json=$("$zkml" run "$work/$model" --input "$here/test.npz" --expect "$here/$model-float.npz" --json)
    rows=$(field rows "$json")
    agreeing=$(field agreeingRows "$json")
    agree[$model]="$agreeing of $rows"
    error[$model]=$(field maxAbsError "$json")
    echo "  top class agrees on ${agree[$model]} images, largest error of a logit ${error[$model]}"
    ((agreeing * 1000 >= rows * 995)) || fail "fewer than 99.5% agree with the float model"
done

echo "== forgeries"
for model in "${models[@]}"; do
    other=$([[ $model == mlp ]] && echo cnn || echo mlp)
    honest=$work/$model-digit-3.proof
    vk=$work/$model/verifying.key

    # Where the public outputs lie: {"name": "outputs", "offset": N, "bytes": M}.
    json=$("$zkml" inspect "$honest" --key "$vk" --json)
    pattern='"name": "outputs", "offset": ([0-9]+), "bytes": ([0-9]+)'
    [[ $json =~ $pattern ]] || fail "inspect does not say where the outputs lie"
    cp "$honest" "$work/output.proof"
    flip "$work/output.proof" "${BASH_REMATCH[1]}"
    refused "$model: an output changed" "$work/output.proof" "$vk" "false malformed"

    cp "$honest" "$work/byte.proof"
    flip "$work/byte.proof" $(($(stat -c %s "$honest") - 40))
    refused "$model: a proof byte changed" "$work/byte.proof" "$vk" "false malformed"

    refused "$model: the key of $other" "$honest" "$work/$other/verifying.key" "wrong-key"

    status=0
    "$zkml" verify "$honest" --key "$vk" --input "$here/digit-7.npy" --allow-insecure-srs > /dev/null \
        || status=$?
    ((status == 1)) || fail "$model: another input was accepted"
    printf '  %-38s refused\n' "$model: another input"

    status=0
    json=$("$zkml" verify "$honest" --key "$vk" --json) || status=$?
    ((status == 1)) || fail "$model: a development SRS was accepted without the flag"
    [[ $(field reason "$json") == insecure-srs ]] || fail "$model: wrong reason"
    printf '  %-38s refused: insecure-srs\n' "$model: development SRS without the flag"
done

echo
printf '%-34s' ""
printf '%16s' "${models[@]}"
echo
row() {
    printf '%-34s' "$1"
    shift
    printf '%16s' "$@"
    echo
}
# each NAME FORMAT...: a row of the table, one value a model, passed through FORMAT if there is one.
each() {
    local -n values=$1
    local model shown=()
    shift
    for model in "${models[@]}"; do
        if (($#)); then shown+=("$("$@" "${values[$model]}")"); else shown+=("${values[$model]}"); fi
    done
    row "$title" "${shown[@]}"
}
short() { printf '%.7f' "$1"; }
title="committed cells" each cells
title="bundle" each bundle size
title="verifying key" each key size
title="proof" each proof size
title="compile" each compile seconds
title="prove" each prove seconds
title="verify" each verify seconds
title="memory of prove, at most" each memory size
title="top class as the float model" each agree
title="largest error of a logit" each error short
echo
echo "The SRS is a development one: these proofs show how it works, and nothing else."
