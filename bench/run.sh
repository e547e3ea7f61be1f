#!/bin/sh
# Publishes what a bench needs and runs it: bench/run.sh NAME [options], or bench/run.sh all [options].
# NAME is judge, switch, swap, proxy, crash, native, reports or audit, or fuzz (--minutes N of CPU, not in all); --quick makes a smoke test of it. switch --strategy rolling|blueGreen|recreate
# takes real rollouts of that strategy instead of tables.
# Beside the .NET SDK: clang, zlib1g-dev and libsqlite3-dev (native file), nodejs, nginx-light, haproxy and wrk.
set -eu
cd "$(dirname "$0")/.."

names="judge switch swap proxy crash native reports audit"
name="${1:-}"
[ $# -gt 0 ] && shift
case " $names all " in
  *" $name "* | *" fuzz "*) ;;
  *) echo "usage: bench/run.sh NAME [--quick]    NAME: $names all" >&2; exit 2 ;;
esac

publish() {
  dotnet publish "$1" -c Release -r linux-x64 -v quiet --nologo -o "artifacts/bench/$2"
}

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "error[bench]: $program is not installed; see the head of bench/run.sh" >&2; exit 2; }
  done
}

prepare() {
  dotnet build bench/Signalbox.Bench -c Release -v quiet --nologo
  case $name in judge | fuzz) return ;; esac
  publish src/Signalbox.Cli signalbox
  export SIGNALBOX_BINARY="$PWD/artifacts/bench/signalbox/signalbox"
  case $name in
    switch) need node nginx ;;
    swap | crash | native) need node ;;
    audit) need node npm ;;
  esac
  case $name in
    proxy | all)
      need node nginx haproxy wrk
      publish bench/BareForwarder bare
      export BARE_FORWARDER="$PWD/artifacts/bench/bare/BareForwarder"
      ;;
  esac
}

bench() {
  echo "== $1"
  artifacts/bin/Signalbox.Bench/release/Signalbox.Bench "$@"
}

prepare
[ "$name" != all ] && { bench "$name" "$@"; exit; }
missed=0
for each in $names; do bench "$each" "$@" || missed=1; done
exit $missed
