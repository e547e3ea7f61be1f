#!/bin/sh
# Takes verdaccio 5 to 6 by canary under load, then a release that crashes at start and one that answers 500s.
# Needs node, npm and signalbox on the PATH. Works in DIRECTORY (default: a new temporary one, deleted at the end).
#   examples/verdaccio/run.sh [DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-}
if [ -z "$work" ]; then work=$(mktemp -d); temporary=yes; fi
mkdir -p "$work/data/storage"
work=$(cd "$work" && pwd)
# a host that root runs gives each service a user of its own, which must be able to reach and write the data
if [ "$(id -u)" -eq 0 ]; then chmod 755 "$work"; chmod -R 777 "$work/data"; fi
export SIGNALBOX_STATE="$work/state" NO_COLOR=1
load=

finish() {
  test -z "$load" || kill "$load" 2> /dev/null || true
  signalbox down > /dev/null 2>&1 || true
  test -z "${temporary:-}" || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# release NAME VERSION: a directory with verdaccio VERSION, its configuration and its signalbox.yaml
release() {
  mkdir -p "$work/$1"
  # one dependency asks for a tag of node-fetch, which not every mirror of the registry carries
  echo '{"name":"registry","version":"1.0.0","private":true,"overrides":{"node-fetch":"2.6.7"}}' > "$work/$1/package.json"
  test -d "$work/$1/node_modules" || (cd "$work/$1" && npm install --no-audit --no-fund --ignore-scripts --silent "verdaccio@$2")
  for file in signalbox.yaml config.yaml; do sed "s#DATA#$work/data#" "$here/$file" > "$work/$1/$file"; done
}

# run EXPECTED COMMAND…: shows the command and what it says, and stops where it ends otherwise than expected
run() {
  expected=$1; shift
  echo; echo "\$ $*"
  code=0; "$@" 2>&1 || code=$?
  test "$code" -eq "$expected" || { echo "expected exit code $expected, got $code" >&2; exit 1; }
  test "$code" -eq 0 || echo "(exit code $code)"
}

# under_load NAME COMMAND…: users come before it, stay during it and are counted after it
under_load() {
  rm -f "$work/felt-$1"
  node "$here/load.mjs" http://127.0.0.1:4873 900 "${WORKERS:-8}" "$work/felt-$1" > /dev/null & load=$!
  name=$1; shift
  until test -e "$work/felt-$name"; do kill -0 "$load"; sleep 0.2; done
  sleep 5
  run "$@"
  sleep 2; kill "$load"; wait "$load" || true; load=
  echo; echo "What the users felt meanwhile:"; cat "$work/felt-$name"
}

release five 5; release six 6
rm -rf "$work/crash" "$work/faulty"
cp -a "$work/six" "$work/crash"
sed -i 's#VERDACCIO_STORAGE_PATH:.*#VERDACCIO_STORAGE_PATH: /dev/null/storage#; s#startWithin: 60s#startWithin: 20s#' "$work/crash/signalbox.yaml"
sed -i 's#^storage:.*#storage: /dev/null/storage#' "$work/crash/config.yaml"
cp -a "$work/six" "$work/faulty"
cp "$here/faulty.cjs" "$work/faulty/"
sed -i "s#NODE_FLAGS: ''#NODE_FLAGS: --require ./faulty.cjs#" "$work/faulty/signalbox.yaml"

cd "$work"
run 0 signalbox up five
under_load upgrade 0 signalbox deploy six
under_load crash 1 signalbox deploy crash
under_load faulty 1 signalbox deploy faulty
run 0 signalbox rollouts list
run 0 signalbox history --limit 40
run 0 signalbox status
run 0 signalbox ledger verify
run 0 signalbox down
