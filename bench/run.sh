#!/bin/sh
# Publishes what a bench needs and runs it: bench/run.sh NAME [options], or bench/run.sh all [options].
# NAME is one of the names below; --quick makes a smoke test of it. switch --strategy rolling|blueGreen|recreate
# takes real rollouts of that strategy instead of tables. fuzz --minutes N [--only PATTERN] [--from NAME] gives each reader that much CPU time, fuzz-audit is that of the audit; all leaves them out.
# run stands beside turbo, too, where TURBO names its program (npm install turbo).
# Beside the .NET SDK: clang, zlib1g-dev and libsqlite3-dev (native file), nodejs, nginx-light, haproxy and wrk.
set -eu
cd "$(dirname "$0")/.."

names="judge switch outage swap proxy crash native page drill reports verify audit run"
name="${1:-}"
[ $# -gt 0 ] && shift
case " $names fuzz fuzz-audit all " in
  *" $name "*) ;;
  *) echo "usage: bench/run.sh NAME [--quick]    NAME: $names fuzz fuzz-audit all" >&2; exit 2 ;;
esac

publish() {
  dotnet publish "$1" -c Release -r linux-x64 -v quiet --nologo -o "artifacts/bench/$2"
}

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "error[bench]: $program is not installed; see the head of bench/run.sh" >&2; exit 2; }
  done
}

# npm's Sigstore client, to stand beside; without a network it is left out
npm_client() {
  directory="$PWD/artifacts/bench/sigstore-npm"
  [ -d "$directory/node_modules/@sigstore/verify" ] ||
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$directory" @sigstore/verify@3.1.1 @sigstore/bundle@4.0.0 @sigstore/protobuf-specs@0.5.2 || return 0
  export SIGSTORE_NPM="$directory/node_modules"
}

prepare() {
  dotnet build bench/Signalbox.Bench -c Release -v quiet --nologo
  case $name in judge | fuzz | fuzz-audit) return ;; esac
  publish src/Signalbox.Cli signalbox
  export SIGNALBOX_BINARY="$PWD/artifacts/bench/signalbox/signalbox"
  case $name in
    switch) need node nginx ;;
    outage | swap | crash | native | page) need node ;;
    audit) need node npm ;;
    run) need make xargs node npm git ;;
  esac
  case $name in
    verify | all)
      need node npm
      [ -n "${SIGSTORE_NPM:-}" ] || npm_client
      ;;
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
