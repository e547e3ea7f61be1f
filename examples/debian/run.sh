#!/bin/sh
# Takes Debian's docker-registry or Prometheus out, upgrades it while it is used, changes its configuration, and breaks it.
# Its data is exclusive: the old one stops before the new one starts. The gap is stated beforehand, measured, and felt.
# Needs the package (apt-get install docker-registry, or prometheus), node, and signalbox on the PATH.
#   examples/debian/run.sh docker-registry|prometheus [NEWER.deb]
# The second release has the program of NEWER.deb; without it, the same program.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=$1
newer=${2:-}
case $name in
  docker-registry) address=http://127.0.0.1:5000 config=config.yml ;;
  prometheus) address=http://127.0.0.1:9090 config=prometheus.yml ;;
  *) echo "usage: examples/debian/run.sh docker-registry|prometheus [NEWER.deb]" >&2; exit 2 ;;
esac
work=$(mktemp -d)
mkdir "$work/data"
# a host that root runs gives each service a user of its own, which must be able to reach and write the data
if [ "$(id -u)" -eq 0 ]; then chmod 755 "$work"; chmod 777 "$work/data"; fi
export SIGNALBOX_STATE="$work/state" NO_COLOR=1
load=

finish() {
  test -z "$load" || kill "$load" 2> /dev/null || true
  signalbox down > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# release NAME PROGRAM: a directory with the program, its configuration and its signalbox.yaml
release() {
  mkdir -p "$work/$1"
  cp "$2" "$work/$1/$name"
  cp "$here/$name/$config" "$work/$1/"
  sed "s#DATA\$#$work/data#; s#DATA }#$work/data }#" "$here/$name/signalbox.yaml" > "$work/$1/signalbox.yaml"
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
  rm -f "$work/felt"
  node "$here/load.mjs" "$name" "$address" "$work/kept.json" "$work/felt" & load=$!
  shift
  until test -e "$work/felt"; do kill -0 "$load"; sleep 0.2; done
  sleep 3
  run "$@"
  sleep 2; kill "$load"; wait "$load"; load=
  echo; echo "What the users felt meanwhile:"; cat "$work/felt"
}

installed=$(command -v "$name")
program=$installed
if [ -n "$newer" ]; then
  dpkg-deb -x "$newer" "$work/newer"
  program="$work/newer/usr/bin/$name"
fi
release one "$installed"
release two "$program"
release three "$program"
release broken "$program"
case $name in
  docker-registry) sed -i 's/filesystem: .*/filesystem: { maxthreads: 100 }\n  delete: { enabled: true }/' "$work/three/$config" ;;
  prometheus) sed -i 's/^global:.*/global: { scrape_interval: 2s, scrape_timeout: 1s }/' "$work/three/$config" ;;
esac
echo 'this: [is, no' > "$work/broken/$config"

cd "$work"
run 0 "$work/one/$name" --version
test -z "$newer" || run 0 "$work/two/$name" --version
run 0 signalbox up one
run 0 signalbox check two
under_load upgrade 0 signalbox deploy two
run 0 signalbox check three
under_load configure 0 signalbox deploy three
under_load broken 1 signalbox deploy broken
run 0 signalbox rollouts list
run 0 signalbox history --limit 40
run 0 signalbox status
run 0 signalbox ledger verify
run 0 signalbox down
