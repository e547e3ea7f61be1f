#!/usr/bin/env bash
# A stranger's hour: real projects from public templates go out unedited, get a change, and are taken back when they break.
#   bench/strangers-hour.sh [KIND…]        (all where none is named)
# For each kind: make it from its template, `init`, `up`, change a line, `deploy`, break it, `deploy` and see it taken back.
# SIGNALBOX_BINARY names the program; else the one on PATH is taken. What cannot be had here is skipped, with the reason.
# Exit 1 where a kind that could be tried does not go through, or takes 300 s or more.
set -uo pipefail

signalbox=${SIGNALBOX_BINARY:-$(command -v signalbox)}
[ -x "$signalbox" ] || { echo "no signalbox: set SIGNALBOX_BINARY"; exit 2; }
export PATH="$(dirname "$signalbox"):$PATH" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 CI=1
limit=300
work=$(mktemp -d)
# services have a user of their own where this runs as root: it must be able to come this far
chmod 755 "$work"
load=""
cleanup() {
    [ -n "$load" ] && kill "$load" 2>/dev/null
    for state in "$work"/state-*; do [ -d "$state" ] && signalbox down --delete-data --state "$state" >/dev/null 2>&1; done
    rm -rf "$work"
}
trap cleanup EXIT

kinds=(vite express next nest fastify dotnet-web dotnet-webapi dotnet-mvc django flask go php ruby static)

# make KIND: the project in $work/KIND, or a reason on standard output and 1
make() {
    cd "$work" || return 1
    case $1 in
        vite) needs npm && npm create --yes vite@latest vite -- --template react-ts ;;
        express) needs npm && npx --yes express-generator@latest express --view=pug ;;
        next) needs npm && npx --yes create-next-app@latest next --ts --no-eslint --app --no-src-dir --no-tailwind --use-npm --skip-install --disable-git --import-alias '@/*' --yes ;;
        nest) needs npm && npx --yes @nestjs/cli@latest new nest --skip-install --skip-git --package-manager npm ;;
        fastify) needs npm && npx --yes fastify-cli@latest generate fastify ;;
        dotnet-*) needs dotnet && dotnet new "${1#dotnet-}" -o "$1" --no-restore ;;
        django) needs django-admin && has_module django gunicorn && django-admin startproject mysite && mv mysite django ;;
        flask) has_module flask gunicorn && mkdir flask && printf 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.route("/")\ndef hello():\n    return "Hello, World!"\n' >flask/app.py ;;
        go) needs go && mkdir go && printf 'module example.com/hello\n\ngo 1.19\n' >go/go.mod && printf 'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\thttp.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "Hello, World!") })\n\thttp.ListenAndServe(":"+os.Getenv("PORT"), nil)\n}\n' >go/main.go ;;
        php) needs php && mkdir php && printf '<?php\necho "Hello, World!";\n' >php/index.php ;;
        ruby) needs bundle && mkdir ruby && printf 'require "sinatra"\n\nget "/" do\n  "Hello, World!"\nend\n' >ruby/app.rb && (cd ruby && bundle init && bundle add --skip-install sinatra puma rackup) ;;
        static) mkdir static && printf '<!doctype html>\n<title>Hello</title>\n<h1>Hello, World!</h1>\n' >static/index.html ;;
        *) echo "unknown kind"; return 1 ;;
    esac
}

needs() { command -v "$1" >/dev/null || { echo "there is no $1 here"; return 1; }; }
has_module() { for module; do /usr/bin/python3 -c "import $module" 2>/dev/null || { echo "python3 has no $module"; return 1; }; done; }

# edit KIND STATE: what the page shows is changed (good), or the program is broken (bad)
edit() {
    case $1/$2 in
        vite/good) sed -i 's/<title>[^<]*</<title>changed</' index.html ;;
        vite/bad) rm index.html && mkdir -p public && sed -i 's/vite build/true/; s/tsc -b/rm -rf dist \&\& mkdir dist/' package.json ;;
        express/good) sed -i "s/title: 'Express'/title: 'changed'/" routes/index.js ;;
        express/bad) sed -i "s/res.render('index'.*/throw new Error('broken');/" routes/index.js ;;
        next/good) sed -i '0,/<h1[^>]*>/s//&changed /' app/page.tsx ;;
        next/bad) printf 'export const dynamic = "force-dynamic";\nexport default function Page() { throw new Error("broken"); }\n' >app/page.tsx ;;
        nest/good) sed -i "s/Hello World!/changed/" src/app.service.ts ;;
        nest/bad) sed -i "s/return 'changed';/throw new Error('broken');/" src/app.service.ts ;;
        fastify/good) sed -i 's/root: true/root: "changed"/' routes/root.js ;;
        fastify/bad) sed -i 's/return { root.*/throw new Error("broken")/' routes/root.js ;;
        dotnet-web/good) sed -i 's/Hello World!/changed/' Program.cs ;;
        dotnet-web/bad) sed -i 's/() => "changed"/string () => throw new Exception("broken")/' Program.cs ;;
        dotnet-webapi/good) sed -i 's/"Freezing"/"changed"/; s/\["changed".*/&/' Program.cs && sed -i 's/Random.Shared.Next(summaries.Length)/0/' Program.cs ;;
        dotnet-webapi/bad) sed -i 's/var forecast = /if (summaries.Length > 0) throw new Exception("broken"); var forecast = /' Program.cs ;;
        dotnet-mvc/good) sed -i 's/Welcome/changed/' Views/Home/Index.cshtml ;;
        dotnet-mvc/bad) sed -i 's/return View();/throw new Exception("broken");/' Controllers/HomeController.cs ;;
        django/good) printf '\n\nfrom django.http import HttpResponse\nurlpatterns += [path("hello", lambda request: HttpResponse("changed"))]\n' >>mysite/urls.py ;;
        django/bad) sed -i 's/lambda request: HttpResponse("changed")/lambda request: 1 \/ 0/; s/^urlpatterns = /1 \/ 0\nurlpatterns = /' mysite/urls.py ;;
        flask/good) sed -i 's/Hello, World!/changed/' app.py ;;
        flask/bad) sed -i 's/return "changed"/return 1 \/ 0/' app.py ;;
        go/good) sed -i 's/Hello, World!/changed/' main.go ;;
        go/bad) sed -i 's/fmt.Fprint(w, "changed")/fmt.Fprint(os.Stderr, "broken"); panic("broken")/' main.go ;;
        php/good) sed -i 's/Hello, World!/changed/' index.php ;;
        php/bad) printf '<?php\nthrow new Exception("broken");\n' >index.php ;;
        ruby/good) sed -i 's/Hello, World!/changed/' app.rb ;;
        ruby/bad) sed -i 's/"changed"/raise "broken"/' app.rb ;;
        static/good) sed -i 's/Hello, World!/changed/' index.html ;;
        static/bad) rm index.html ;;
    esac
}

page() { case $1 in dotnet-webapi) echo weatherforecast ;; django) echo hello ;; *) echo ;; esac; }

# users PORT PAGE: four of them, from loopback addresses of their own, about 20 requests a second in all
users() {
    for who in 2 3 4 5; do
        (while :; do curl -s -o /dev/null -m 10 --interface "127.0.0.$who" "http://127.0.0.1:$1/$2"; sleep 0.2; done) &
    done
    wait
}

say() { printf '%-14s %s\n' "$kind" "$*"; }

try() {
    local kind=$1 log="$work/$1.log" started port page state="$work/state-$1"
    if ! make "$kind" >"$log" 2>&1; then say "skipped: $(grep -v '^npm warn' "$log" | tail -1)"; return 2; fi
    cd "$work/$kind" || return 1
    page=$(page "$kind")
    started=$SECONDS
    {
        signalbox init && signalbox check && signalbox up --state "$state"
    } >>"$log" 2>&1 || { say "FAILED before it served"; tail -15 "$log"; return 1; }
    local up=$((SECONDS - started))
    port=$(sed -n 's/^port: //p' signalbox.yaml)
    curl -fsL -m 10 "http://127.0.0.1:$port/" -o /dev/null || [ "$kind" = dotnet-webapi ] || { say "FAILED: it does not answer"; return 1; }
    users "$port" "$page" >/dev/null 2>&1 & load=$!
    edit "$kind" good
    signalbox deploy --state "$state" >>"$log" 2>&1 || { stop_users; say "FAILED: the change did not go out"; tail -15 "$log"; return 1; }
    local changed=$((SECONDS - started - up)) seen
    seen=$(curl -s -m 10 "http://127.0.0.1:$port/$page")
    grep -q changed <<<"$seen" || [ "$kind" = vite ] && grep -q '<title>changed' <<<"$seen" || grep -q changed <<<"$seen" || { stop_users; say "FAILED: the change is not seen"; return 1; }
    edit "$kind" bad
    signalbox deploy --state "$state" >>"$log" 2>&1
    local code=$? back=$((SECONDS - started - up - changed))
    seen=$(curl -s -m 10 "http://127.0.0.1:$port/$page")
    stop_users
    [ "$code" -eq 1 ] && grep -q changed <<<"$seen" || { say "FAILED: the broken release was not taken back (exit code $code)"; tail -15 "$log"; return 1; }
    local why
    why=$(grep -o 'RolledBack.*' "$log" | tail -1 | sed 's/^RolledBack *weight 0% *//; s/  web .*//' | cut -c1-110)
    local total=$((SECONDS - started))
    signalbox down --delete-data --state "$state" >>"$log" 2>&1
    say "up $up s, change $changed s, taken back $back s, in all $total s  $why"
    [ "$total" -lt "$limit" ]
}

stop_users() { [ -n "$load" ] && pkill -P "$load" 2>/dev/null; kill "$load" 2>/dev/null; wait "$load" 2>/dev/null; load=""; }

failed=0 passed=0 skipped=0
[ $# -gt 0 ] || set -- "${kinds[@]}"
for kind; do
    try "$kind"
    case $? in 0) passed=$((passed + 1)) ;; 2) skipped=$((skipped + 1)) ;; *) failed=$((failed + 1)) ;; esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
