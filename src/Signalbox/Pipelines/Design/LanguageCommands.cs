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
        var test = language.Coverage?.Value switch
        {
            "vitest" => $"{exec} vitest run --coverage --coverage.reporter=text --coverage.reporter=cobertura --coverage.thresholds.lines={least}",
            "jest" => $$$"""{{{exec}}} jest --coverage --coverageReporters=text --coverageReporters=cobertura --coverageThreshold='{"global":{"lines":{{{least}}}}}'""",
            "nyc" => $"{exec} nyc --check-coverage --lines {least} --reporter text --reporter cobertura {run} test",
            "node" => NodeTest(least),
            "bun" => BunTest(least),
            // where nothing measures, c8 is asked for, and its absence fails the job
            _ => $"{exec} c8 --check-coverage --lines {least} --reporter text --reporter cobertura {run} test",
        };
        return new(install, language.Build is null ? null : $"{run} build", test, language.Coverage?.Value is "node" or "bun" ? ["reports/node/"] : ["coverage/cobertura-coverage.xml"]);
    }

    /// <summary>Node's own runner, from version 20 on: the option that fails below a share came later, and files of tests are no part of the share by then.</summary>
    private static string NodeTest(string least) =>
        "mkdir -p reports/node\nnode --test --experimental-test-coverage --test-reporter=spec --test-reporter-destination=stdout"
        + " --test-reporter=junit --test-reporter-destination=reports/node/junit.xml --test-reporter=lcov --test-reporter-destination=reports/node/lcov.info\n"
        + Lcov(least);

    /// <summary>bun.sh/docs/cli/test.</summary>
    private static string BunTest(string least) =>
        $"mkdir -p reports/node\n{Bun} test --reporter=junit --reporter-outfile=reports/node/junit.xml --coverage --coverage-reporter=text --coverage-reporter=lcov --coverage-dir=reports/node\n" + Lcov(least);

    private static string Lcov(string least) =>
        """awk -F: '/^SF:/ { own = $0 !~ /(:|\/)test\/|[._-]test\.[cm]?[jt]s$|(:|\/)test(-[^\/]*)?\.[cm]?[jt]s$/ } own && /^LF:/ { all += $2 } own && /^LH:/ { hit += $2 } """
        + $"{Share("hit", "all", least)}' reports/node/lcov.info";

    /// <summary>The end of a program of awk that has counted lines: it says their share, and fails below the least.</summary>
    internal static string Share(string hit, string all, string least) =>
        $$"""END { share = {{all}} ? 100 * {{hit}} / {{all}} : 0; printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit share >= {{least}} ? 0 : 1 }""";

    private static LanguageCommands Python(LanguageFound language, string least)
    {
        var test = $"pytest --junitxml=reports/python/junit.xml --cov --cov-report=term --cov-report=xml --cov-fail-under={least}";
        var install = "python -m venv .venv\n" + language.Manager.Value switch { "uv" => UvSync(language), "poetry" => PoetryInstall(language), _ => PipInstall(language) };
        return new(install, null, $".venv/bin/{(language.Manager.Value == "poetry" ? "poetry run " : "")}{test}", ["reports/python/", "coverage.xml"]);
    }

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
