using System.Globalization;

namespace Signalbox.Pipelines.Design;

/// <summary>How a language's packages are installed, and how it is built and tested, each as a script for a POSIX shell.</summary>
/// <param name="Install">Null where building fetches the packages itself.</param>
/// <param name="Test">Fails below the least coverage.</param>
/// <param name="Reports">Files and folders (with a slash at their end) of test and coverage reports that the test writes, in formats that are read everywhere: JUnit, TRX, Cobertura, LCOV; empty where it writes none. No language writes another's.</param>
public sealed record LanguageCommands(string? Install, string? Build, string Test, IReadOnlyList<string> Reports)
{
    // pypi.org, the newest of early 2025: what a repository does not lock itself
    private const string Uv = "uv==0.5.11", Poetry = "poetry==1.8.5", Pytest = "pytest==8.3.4 pytest-cov==6.0.0";

    /// <summary>Each time <c>dotnet test</c> makes a folder of a new name below it: what is of another time has to go first.</summary>
    private const string DotnetReports = "reports/dotnet";

    private const string JavaReports = "reports/java";

    /// <param name="coverage">The least share of lines that tests run, in percent.</param>
    public static LanguageCommands Of(LanguageFound language, int coverage) => language.Tool switch
    {
        "node" => Node(language, Say(coverage)),
        "python" => Python(language, Say(coverage)),
        "go" => Go(Say(coverage)),
        "java" => Java(language, Say(coverage)),
        _ => Dotnet(language, Say(coverage)),
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
            _ => (language.Lock is null ? "npm install" : "npm ci", "npm run", "npx --no-install"),
        };
        var test = language.Coverage?.Value switch
        {
            "vitest" => $"{exec} vitest run --coverage --coverage.reporter=text --coverage.reporter=cobertura --coverage.thresholds.lines={least}",
            "jest" => $$$"""{{{exec}}} jest --coverage --coverageReporters=text --coverageReporters=cobertura --coverageThreshold='{"global":{"lines":{{{least}}}}}'""",
            "nyc" => $"{exec} nyc --check-coverage --lines {least} --reporter text --reporter cobertura {run} test",
            "node" => NodeTest(least),
            // where nothing measures, c8 is asked for, and its absence fails the job
            _ => $"{exec} c8 --check-coverage --lines {least} --reporter text --reporter cobertura {run} test",
        };
        return new(install, language.Build is null ? null : $"{run} build", test, language.Coverage?.Value == "node" ? ["reports/node/"] : ["coverage/cobertura-coverage.xml"]);
    }

    /// <summary>Node's own runner, from version 20 on: the option that fails below a share came later, and files of tests are no part of the share by then.</summary>
    private static string NodeTest(string least) =>
        "mkdir -p reports/node\nnode --test --experimental-test-coverage --test-reporter=spec --test-reporter-destination=stdout"
        + " --test-reporter=junit --test-reporter-destination=reports/node/junit.xml --test-reporter=lcov --test-reporter-destination=reports/node/lcov.info\n"
        + """awk -F: '/^SF:/ { own = $0 !~ /(:|\/)test\/|[._-]test\.[cm]?[jt]s$|(:|\/)test(-[^\/]*)?\.[cm]?[jt]s$/ } own && /^LF:/ { all += $2 } own && /^LH:/ { hit += $2 } """
        + $$"""END { share = all ? 100 * hit / all : 0; printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit share >= {{least}} ? 0 : 1 }' reports/node/lcov.info""";

    private static LanguageCommands Python(LanguageFound language, string least)
    {
        const string Make = "python -m venv .venv\n";
        var test = $"pytest --junitxml=reports/python/junit.xml --cov --cov-report=term --cov-report=xml --cov-fail-under={least}";
        string[] reports = ["reports/python/", "coverage.xml"];
        var measured = language.Coverage is not null;
        return language.Manager.Value switch
        {
            "uv" => new($"{Make}.venv/bin/pip install {Uv}\n.venv/bin/uv sync --locked{(measured ? "" : $"\n.venv/bin/uv pip install {Pytest}")}", null, $".venv/bin/{test}", reports),
            "poetry" => new($"{Make}.venv/bin/pip install {Poetry}\n.venv/bin/poetry install --no-interaction{(measured ? "" : $"\n.venv/bin/pip install {Pytest}")}", null, $".venv/bin/poetry run {test}", reports),
            _ => new(Make + string.Join('\n', language.Requirements.Select(r => $".venv/bin/pip install --requirement {r}")
                .Concat(language.Requirements.Count == 0 ? [".venv/bin/pip install ."] : []).Concat(measured ? [] : [$".venv/bin/pip install {Pytest}"])), null, $".venv/bin/{test}", reports),
        };
    }

    private static LanguageCommands Go(string least) => new(null, "go build ./...",
        "go test -race -coverprofile=coverage.out ./...\n" +
        $$"""go tool cover -func=coverage.out | awk '/^total:/ { share = $3 + 0; seen = 1 } END { printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit (seen && share >= {{least}}) ? 0 : 1 }'""", []);

    /// <summary>Maven keeps going where a pom says nothing of JaCoCo: the command brings it. Each module's reports lie below it, and are gathered also where tests fail.</summary>
    private static LanguageCommands Java(LanguageFound language, string least)
    {
        // repo1.maven.org
        const string Jacoco = "org.jacoco:jacoco-maven-plugin:0.8.12";
        var maven = $"{(language.Manager.Value == "mvnw" ? "sh ./mvnw" : "mvn")} --batch-mode --no-transfer-progress";
        return new(null, $"{maven} -DskipTests package",
            $"rm -rf {JavaReports}\nmkdir -p {JavaReports}\nended=0\n{maven} {Jacoco}:prepare-agent verify {Jacoco}:report || ended=$?\n"
            + $"find . -path '*/target/surefire-reports/TEST-*.xml' -exec cp {{}} {JavaReports}/ \\;\n[ \"$ended\" -eq 0 ]\n"
            + $$"""find . -path '*/target/site/jacoco/jacoco.csv' -exec cat {} + | awk -F, '$1 != "GROUP" { all += $8 + $9; hit += $9 } END { share = all ? 100 * hit / all : 0; printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit share >= {{least}} ? 0 : 1 }'""",
            [$"{JavaReports}/"]);
    }

    private static LanguageCommands Dotnet(LanguageFound language, string least)
    {
        var restore = language.Lock is null ? "dotnet restore" : "dotnet restore --locked-mode";
        const string Build = "dotnet build --configuration Release --no-restore";
        const string Run = "dotnet test --configuration Release --no-build";
        if (language.Coverage?.Value == "coverlet.msbuild")
            return new(restore, Build, $"{Run} /p:CollectCoverage=true /p:CoverletOutputFormat=cobertura /p:Threshold={least} /p:ThresholdType=line /p:ThresholdStat=total", []);
        return new(restore, Build, $"rm -rf {DotnetReports}\n{Run} --logger trx --collect 'XPlat Code Coverage' --results-directory {DotnetReports}\n{Cobertura(least)}", [$"{DotnetReports}/"]);
    }

    /// <summary>Adds up the Cobertura reports of this time; without a report it fails.</summary>
    private static string Cobertura(string least) =>
        $"find {DotnetReports}" + """ -name coverage.cobertura.xml -exec cat {} + | sed -n 's/.*<coverage [^>]*lines-covered="\([0-9]*\)"[^>]*lines-valid="\([0-9]*\)".*/\1 \2/p' """ +
        $$"""| awk '{ covered += $1; valid += $2 } END { share = valid ? 100 * covered / valid : 0; printf "line coverage %.1f%%, expected at least {{least}}%%\n", share; exit share >= {{least}} ? 0 : 1 }'""";
}
