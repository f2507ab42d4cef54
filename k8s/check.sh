#!/usr/bin/env bash
# Is what Kubernetes would be told right? Needs no cluster and no network.
#
#   k8s/check.sh              everything: render, schemas, Dockerfile, the rules in tests/k8s
#   k8s/check.sh FOLDER…      only render these kustomizations and hold them against the schemas
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
versions=(1.37 1.36)

rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT

failed=0
fail() { # FOLDER WHAT
    printf '%s\n' "$2" | sed "s|^|$1: |" >&2
    failed=1
}

check() { # FOLDER
    local manifests=$rendered/manifests.yaml said
    # kustomize only warns of what it will soon refuse: a warning is a failure here.
    if ! "$bin/kubectl" kustomize "$1" >"$manifests" 2>"$rendered/warnings" || [ -s "$rendered/warnings" ]; then
        fail "$1" "$(cat "$rendered/warnings")"
        return
    fi
    for version in "${versions[@]}"; do
        # A kind without a schema is only a WARN with exit code 0, so whatever it says is a failure.
        said=$("$bin/kubernetes-validate" -k "$version" --strict --quiet "$manifests" 2>&1) || said=${said:-refused}
        [ -z "$said" ] || fail "$1" "${said//$manifests/Kubernetes $version:}"
    done
}

folders=("$@")
[ $# -gt 0 ] || folders=(k8s/base k8s/overlays/*)
for folder in "${folders[@]}"; do check "$folder"; done

if [ $# -eq 0 ]; then
    said=$("$bin/hadolint" services/Dockerfile 2>&1) || fail services/Dockerfile "$said"
    "$bin/python" -m pytest -q tests/k8s tests/services/test_dockerfile.py || failed=1
fi
[ $failed -eq 0 ] && echo "k8s: ${#folders[@]} rendered and valid for Kubernetes ${versions[*]}"
exit $failed
