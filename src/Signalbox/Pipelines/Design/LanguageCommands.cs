using System.Globalization;

namespace Signalbox.Pipelines.Design;

/// <summary>How a language's packages are installed, and how it is built and tested, each as a script for a POSIX shell.</summary>
/// <param name="Install">Null where building fetches the packages itself.</param>
/// <param name="Test">Fails below the least coverage.</param>
/// <param name="Reports">Files and folders (with a slash at their end) of test and coverage reports that the test writes, in formats that are read everywhere: JUnit, TRX, Cobertura, LCOV; empty where it writes none. No language writes another's.</param>
public sealed record LanguageCommands(string? Install, string? Build, string Test, IReadOnlyList<string> Reports)
{
    // pypi.org, the newest of early 2025: what a repository does not lock itself
    private const string Uv = "uv==0.5.11", Poetry = "1.8.5", Pytest = "pytest==8.3.4 pytest-cov==6.0.0", Pip = "pip==25.1.1";

    // npmjs.com
    private const string Bun = "npx --yes bun@1.2.21";

    /// <param name="coverage">The least share of lines that tests run, in percent.</param>
    public static LanguageCommands Of(LanguageFound language, int coverage) => language.Tool switch
    {
        "node" => Node(language, Say(coverage)),
        "python" => Python(language, Say(coverage)),
        "go" => Go(Say(coverage)),
        "java" => JavaCommands.Of(language, Say(coverage)),
        _ => DotnetCommands.Of(language, Say(coverage)),
    };

    private static string Say(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static LanguageCommands Node(LanguageFound language, string least)
    {
        var manager = language.Manager.Value;
        var (install, run, exec) = manager switch
        {
            "pnpm" => ("corepack enable\npnpm install --frozen-lockfile", "pnpm run", "pnpm exec"),
            "yarn-1" => ("yarn install --frozen-lockfile", "yarn run", "yarn run"),
            "yarn" => ("corepack enable\nyarn install --immutable", "yarn run", "yarn exec"),
            "bun" => ($"{Bun} install --frozen-lockfile", $"{Bun} run", "npx --no-install"),
            _ => (language.Lock is null ? "npm install" : "npm ci", "npm run", "npx --no-install"),
        };
        // what no test loads counts, too, unless the repository itself says what does
        var test = language.Coverage?.Value switch
        {
            "vitest" => $"{exec} vitest run --coverage{Each(language, f => $" --coverage.include='{f}**/*.{{js,jsx,mjs,cjs,ts,tsx,mts,cts,vue,svelte}}'")} --coverage.reporter=text --coverage.reporter=cobertura --coverage.thresholds.lines={least}",
            "jest" => $$$"""{{{exec}}} jest --coverage{{{Each(language, f => $" --collectCoverageFrom='{f}**/*.{{js,jsx,mjs,cjs,ts,tsx}}'", " --collectCoverageFrom='!**/*.config.*' --collectCoverageFrom='!**/{coverage,dist,build}/**'")}}} --coverageReporters=text --coverageReporters=cobertura --coverageThreshold='{"global":{"lines":{{{least}}}}}'""",
            "nyc" => $"{exec} nyc --all --check-coverage --lines {least} --reporter text --reporter cobertura {run} test",
            "node" => NodeTest(language, least),
            "bun" => BunTest(language, least),
            // where nothing measures, c8 is asked for, and its absence fails the job
            _ => $"{exec} c8 --all --check-coverage --lines {least} --reporter text --reporter cobertura {run} test",
        };
        return new(install, language.Build is null ? null : $"{run} build", test, language.Coverage?.Value is "node" or "bun" ? ["reports/node/"] : ["coverage/cobertura-coverage.xml"]);
    }

    /// <summary>Node's own runner, from version 20 on: the option that fails below a share came later, and files of tests are no part of the share by then.</summary>
    private static string NodeTest(LanguageFound language, string least) =>
        "mkdir -p reports/node\nnode --test --experimental-test-coverage --test-reporter=spec --test-reporter-destination=stdout"
        + " --test-reporter=junit --test-reporter-destination=reports/node/junit.xml --test-reporter=lcov --test-reporter-destination=reports/node/lcov.info\n"
        + Lcov(language, "-name '*.js' -o -name '*.[cm]js'", least);

    /// <summary>bun.sh/docs/cli/test.</summary>
    private static string BunTest(LanguageFound language, string least) =>
        $"mkdir -p reports/node\n{Bun} test --reporter=junit --reporter-outfile=reports/node/junit.xml --coverage --coverage-reporter=text --coverage-reporter=lcov --coverage-dir=reports/node\n" + Lcov(language, "-name '*.[jt]s' -o -name '*.[jt]sx' -o -name '*.[cm][jt]s'", least);

    /// <summary>An option for each folder of sources; none where the repository says itself what is measured.</summary>
    private static string Each(LanguageFound language, Func<string, string> option, string also = "") =>
        language.SaysWhatIsMeasured ? "" : string.Concat((language.Sources.Count == 0 ? [""] : language.Sources.Select(f => f + "/")).Select(option)) + also;

    /// <summary>
    /// Of files that no test has loaded each line that is not empty counts as one that was not run: LCOV says nothing of them. Where
    /// tests load what was built from the sources, and none of those, what was loaded is all there is.
    /// </summary>
    private static string Lcov(LanguageFound language, string names, string least)
    {
        var (folders, own) = language.Sources.Count == 0 ? (".", "") : (string.Join(' ', language.Sources), $"^({string.Join('|', language.Sources)})\\/");
        return $"find {folders} \\( -name node_modules -o -name dist -o -name build -o -name coverage -o -name reports -o -name '.?*' \\) -prune -o -type f \\( {names} \\) -print > reports/node/sources.txt\n"
            + """awk -F: 'function ours(file) { return file !~ /(^|\/)(tests?|__tests__)\/|(^|\/)test(-[^\/]*)?\.[cm]?[jt]s$|[._-](test|spec)\.[cm]?[jt]sx?$|\.(config|d)\.[cm]?[jt]s$/ } """
            + """/^SF:/ { name = $2; seen[name] = 1; own = ours(name); if (own && name ~ /""" + own + """/) loaded = 1 } own && /^LF:/ { all += $2 } own && /^LH:/ { hit += $2 } """
            + """FILENAME ~ /sources/ { sub(/^\.\//, ""); if (loaded && ours($0) && !($0 in seen)) { while ((getline line < $0) > 0) if (line ~ /[^ \t\r]/) all++; close($0) } } """
            + $"{Share("hit", "all", least)}' reports/node/lcov.info reports/node/sources.txt";
    }

    /// <summary>The end of a program of awk that has counted lines: it says their share, and fails below the least.</summary>
    internal static string Share(string hit, string all, string least) =>
        $$"""END { share = {{all}} ? 100 * {{hit}} / {{all}} : 0; printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit share >= {{least}} ? 0 : 1 }""";

    private static LanguageCommands Python(LanguageFound language, string least)
    {
        var test = $"pytest --junitxml=reports/python/junit.xml --cov{(language.SaysWhatIsMeasured ? "" : " --cov-config=reports/python/coverage.cfg")} --cov-report=term --cov-report=xml --cov-fail-under={least}";
        var install = "python -m venv .venv\n" + language.Manager.Value switch { "uv" => UvSync(language), "poetry" => PoetryInstall(language), _ => PipInstall(language) };
        var measure = language.SaysWhatIsMeasured ? "" : $"mkdir -p reports/python\nprintf '%s\\n' '[run]' 'source = {(language.Sources.Count == 0 ? "." : string.Join(", ", language.Sources))}' 'omit = {string.Join(", ", s_tests)}' > reports/python/coverage.cfg\n";
        return new(install, null, $"{measure}.venv/bin/{(language.Manager.Value == "poetry" ? "poetry run " : "")}{test}", ["reports/python/", "coverage.xml"]);
    }

    // coverage.readthedocs.io, "Specifying source files": with a source what is never imported counts, and tests would count as run
    private static readonly string[] s_tests = ["tests/*", "*/tests/*", "test/*", "test_*.py", "*/test_*.py", "*_test.py", "conftest.py", "*/conftest.py", "setup.py", "noxfile.py", "docs/*"];

    // uv itself lies in the environment, and is none of its packages
    private static string UvSync(LanguageFound language) =>
        $".venv/bin/pip install {Uv}\n.venv/bin/uv sync --locked --inexact{Asked(language, " --extra ", " --group ")}{(language.Coverage is null ? $"\n.venv/bin/uv pip install {Pytest}" : "")}";

    private static string PoetryInstall(LanguageFound language) =>
        $".venv/bin/pip install poetry=={language.ManagerVersion ?? Poetry}\n.venv/bin/poetry install --no-interaction{Asked(language, " --extras ", " --with ")}{(language.Coverage is null ? $"\n.venv/bin/pip install {Pytest}" : "")}";

    /// <summary>Where the project itself says what measures coverage it is installed, too, and in place, so that its own files are what is measured.</summary>
    private static string PipInstall(LanguageFound language)
    {
        var lines = language.Requirements.Select(r => $".venv/bin/pip install --requirement {r}").ToList();
        if (language.Group is { IsExtra: true } extra) lines.Add($".venv/bin/pip install --editable '.[{extra.Name}]'");
        else if (language.Requirements.Count == 0 || (language.Group is null && language.Coverage?.Place.StartsWith("pyproject.toml", StringComparison.Ordinal) == true)) lines.Add(".venv/bin/pip install --editable .");
        // pip.pypa.io/en/stable/news: --group came with 25.1
        if (language.Group is { IsExtra: false } group) lines.AddRange([$".venv/bin/pip install {Pip}", $".venv/bin/pip install --group={group.Name}"]);
        if (language.Coverage is null) lines.Add($".venv/bin/pip install {Pytest}");
        return string.Join('\n', lines);
    }

    private static string Asked(LanguageFound language, string extra, string group) => language.Group is { } asked ? (asked.IsExtra ? extra : group) + asked.Name : "";

    private static LanguageCommands Go(string least) => new(null, "go build ./...",
        "go test -race -coverprofile=coverage.out ./...\n" +
        $$"""go tool cover -func=coverage.out | awk '/^total:/ { share = $3 + 0; seen = 1 } END { printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit (seen && share >= {{least}}) ? 0 : 1 }'""", []);
}
