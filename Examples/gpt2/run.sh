#!/usr/bin/env bash
# A model of GPT-2-small's shape with random weights, from ONNX file to verified proof.
#
#     Examples/gpt2/run.sh                                        # 124 million parameters
#     Examples/gpt2/run.sh --layers 2 --width 64 --vocabulary 500  # any options of make_model.py
#
# Needs bin/zkml (or $ZKML), GNU time, and Python with numpy and onnx ($PYTHON). Works in a
# temporary folder, or in $GPT2_FOLDER, which it keeps: 1.8 GB for the whole model. Exits with
# status 1 unless the proof is valid and its top token the float model's.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
zkml=${ZKML:-$here/../../bin/zkml}
python=${PYTHON:-python3}

# shellcheck source=../reporting.sh
source "$here/../reporting.sh"
work_folder "${GPT2_FOLDER-}"

# measured NAME COMMAND...: its standard output goes to a file; prints a row of the table.
measured() {
    local name=$1 elapsed user system kilobytes
    shift
    /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" > "$work/$name.json"
    read -r elapsed user system kilobytes < "$work/time"
    printf '%-8s %10s s %10s s %10s s %8d MB\n' \
        "$name" "$elapsed" "$user" "$system" $((kilobytes * 1024 / 1000000))
}

"$python" "$here/make_model.py" "$work" "$@"
printf '%-8s %12s %12s %12s %11s\n' "" elapsed user system memory
measured compile "$zkml" compile "$work/model.onnx" -o "$work/bundle" \
    --samples "$work/samples.npz" --json
measured run "$zkml" run "$work/bundle" --input "$work/input.npz" --expect "$work/logits.npz" --json
measured prove "$zkml" prove "$work/bundle" --input "$work/input.npz" -o "$work/proof" --json
measured verify "$zkml" verify "$work/proof" --key "$work/bundle/verifying.key" \
    --input "$work/input.npz" --allow-insecure-srs --json

compiled=$(< "$work/compile.json")
agreement=$(< "$work/run.json")
verified=$(< "$work/verify.json")
[[ $(field valid "$verified") == true ]] || fail "the proof is not valid"
echo
echo "committed cells      $(field cells "$compiled")"
echo "verifying key        $(stat -c %s "$work/bundle/verifying.key") bytes"
echo "weights              $(stat -c %s "$work/bundle/weights") bytes"
echo "proof                $(stat -c %s "$work/proof") bytes"
echo "verified in          $(field seconds "$verified") s"
echo "largest error of a logit against the float model: $(field maxAbsError "$agreement")"
echo "top token as the float model's: $(field agreeingRows "$agreement") of $(field rows "$agreement")"
[[ $(field agreeingRows "$agreement") == $(field rows "$agreement") ]] \
    || fail "another token than the float model's"
echo
echo "The SRS is a development one: these proofs show how it works, and nothing else."
