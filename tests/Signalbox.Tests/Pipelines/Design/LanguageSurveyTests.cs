using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;

namespace Signalbox.Tests.Pipelines.Design;

/// <summary>What is read of a repository's languages: versions, projects, and what its packages are asked for by.</summary>
public sealed class LanguageSurveyTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    private LanguageFound Language() => Assert.Single(RepositorySurveyor.Read(_folder.Path).Survey.Languages);

    private DesignDecision Decision(string id, params (string Id, string Value)[] choices) =>
        PipelineDesign.Of(RepositorySurveyor.Read(_folder.Path).Survey, Platform.GitLab, choices.ToDictionary(c => c.Id, c => c.Value)).Decisions.All.Single(d => d.Id == id);

    [Theory]
    [InlineData("java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }", "17")]
    [InlineData("kotlin { jvmToolchain(17) }", "17")]
    [InlineData("sourceCompatibility = '1.8'", "8")]
    [InlineData("sourceCompatibility = JavaVersion.VERSION_17", "17")]
    [InlineData("targetCompatibility = JavaVersion.VERSION_1_8", "8")]
    [InlineData("tasks.withType(JavaCompile) { options.release = 11 }", "11")]
    [InlineData("plugins { id 'java' }", "21")]
    public void Gradle_IsBuiltByItsWrapper_ElseByGradle(string script, string version)
    {
        _folder.Write("build.gradle", script);
        var found = Language();
        Assert.Equal(("java", version, "gradle"), (found.Tool, found.Version.Value, found.Manager.Value));
        Assert.StartsWith("gradle --no-daemon", Decision("java.build").Choice, StringComparison.Ordinal);
        Assert.StartsWith("gradle:", Decision("java.image").Choice, StringComparison.Ordinal);
        _folder.Write("gradlew", "");
        Assert.Contains("sh ./gradlew --no-daemon", Decision("java.test").Choice);
        // where there is a pom, too, that is what is built, and the other is said
        _folder.Write("pom.xml", "<project/>");
        Assert.Equal("maven", Language().Manager.Value);
        Assert.Equal("Gradle", Assert.Single(RepositorySurveyor.Read(_folder.Path).Survey.Undesigned).Value);
    }

    [Theory]
    [InlineData(">=14", "24")]
    [InlineData("^18 || >=20", "24")]
    [InlineData("<23", "22")]
    [InlineData(">=18 <23", "22")]
    [InlineData("18 - 22", "22")]
    [InlineData("~22.10", "22")]
    [InlineData("16.x", "16")]
    [InlineData("^18.17.0", "18")]
    [InlineData("20", "20")]
    [InlineData("*", "24")]
    [InlineData(">=24.12", "26")]
    [InlineData("whatever", "24")]
    public void Node_IsTheNewestWithinTheRange(string range, string version)
    {
        _folder.Write("package.json", $$$"""{ "name": "shop", "engines": { "node": "{{{range}}}" }, "scripts": { "test": "mocha" } }""");
        Assert.Equal(version, Language().Version.Value);
    }

    /// <summary>What is tested should be what is delivered.</summary>
    [Theory]
    [InlineData("FROM node:22-slim", ">=20", "22", "Dockerfile:1")]
    [InlineData("FROM --platform=linux/amd64 docker.io/library/node:22.12.0 AS run", ">=20", "22", "Dockerfile:1")]
    [InlineData("FROM node:18", ">=16", "24", "package.json:1")]
    [InlineData("FROM node:22", ">=24", "24", "package.json:1")]
    [InlineData("FROM node:lts", ">=20", "24", "package.json:1")]
    public void Dockerfile_SaysTheVersion_WhereTheRangeTakesIt(string from, string range, string version, string place)
    {
        _folder.Write("package.json", $$$"""{ "name": "shop", "engines": { "node": "{{{range}}}" }, "scripts": { "test": "mocha" } }""");
        _folder.Write("Dockerfile", from + "\n");
        Assert.Equal((version, place), (Language().Version.Value, Language().Version.Place));
    }

    [Theory]
    [InlineData("lts/iron", "20")]
    [InlineData("lts/*", "24")]
    [InlineData("v22.11.0", "22")]
    public void Nvmrc_IsRead(string said, string version)
    {
        _folder.Write("package.json", """{ "name": "shop", "engines": { "node": ">=14" }, "scripts": { "test": "mocha" } }""");
        _folder.Write(".nvmrc", said + "\n");
        Assert.Equal((version, ".nvmrc:1"), (Language().Version.Value, Language().Version.Place));
    }

    [Theory]
    [InlineData("requires-python = \">=3.8\"", "3.14")]
    [InlineData("requires-python = \"<4,>=3.9\"", "3.14")]
    [InlineData("requires-python = \">=3.9,<3.13\"", "3.12")]
    [InlineData("requires-python = \"==3.11.*\"", "3.11")]
    [InlineData("requires-python = \"~=3.13.0\"", "3.13")]
    [InlineData("requires-python = \">=3.8,!=3.14.*\"", "3.13")]
    [InlineData("python = \"^3.9\"", "3.14")]
    [InlineData("python = \"~3.8\"", "3.8")]
    public void Python_IsTheNewestWithinTheRange(string line, string version)
    {
        _folder.Write("pyproject.toml", $"[project]\nname = \"shop\"\n{line}\n");
        Assert.Equal(version, Language().Version.Value);
    }

    [Fact]
    public void AVersionThatNobodyMends_IsSaid()
    {
        _folder.Write("package.json", """{ "name": "shop", "engines": { "node": "16.x" }, "scripts": { "test": "mocha" } }""");
        Assert.Equal("the repository asks for it, and nobody mends it any more", Decision("node.version").Why);
    }

    /// <summary>A release that is older than what is asked for is refused by the language's own tools.</summary>
    [Theory]
    [InlineData("1.24.5", "golang:1.24.5@", true)]
    [InlineData("1.24", "golang:1.24.5@", true)]
    [InlineData("1.24.9", "golang:1.25.5@", true)]
    [InlineData("1.26.0", "golang:1.26.4@", true)]
    [InlineData("1.26.99", "golang:1.26.99", false)]
    public void Go_TakesNoImageThatIsOlder(string asked, string image, bool pinned)
    {
        _folder.Write("go.mod", $"module example.com/shop\n\ngo {asked}\n");
        var decision = Decision("go.image");
        Assert.StartsWith(image, decision.Choice);
        Assert.Equal(pinned, decision.Choice.Contains('@'));
        if (!pinned) Assert.StartsWith($"the image that is pinned here is not {asked}", decision.Why);
    }

    [Fact]
    public void AnImage_FollowsAVersionThatIsChosen()
    {
        _folder.Write("go.mod", "module example.com/shop\n\ngo 1.24.9\n");
        Assert.StartsWith("golang:1.23.4@", Decision("go.image", ("go.version", "1.23")).Choice);
    }

    private const string Tests = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><PackageReference Include=\"xunit.v3\" Version=\"3.0.0\" /><PackageReference Include=\"PACKAGE\" Version=\"1.0.0\" /></ItemGroup></Project>\n";

    [Theory]
    [InlineData("Shop.slnx Shop.sln", "Shop.slnx", "what is restored, built and tested")]
    [InlineData("Shop.sln Office.sln", "Office.sln", "one of several: Office.sln, Shop.sln")]
    [InlineData("src/Shop.slnx", "src/Shop.slnx", "what is restored, built and tested")]
    [InlineData("", "test/Shop.Tests/Shop.Tests.csproj", "there is no solution: the projects of tests, with what they refer to")]
    public void Dotnet_IsToldWhatToBuild(string solutions, string project, string why)
    {
        foreach (var solution in solutions.Split(' ', StringSplitOptions.RemoveEmptyEntries)) _folder.Write(solution, "");
        _folder.Write("src/Shop/Shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />\n");
        _folder.Write("test/Shop.Tests/Shop.Tests.csproj", Tests);
        Assert.Equal((project, why), (Decision("dotnet.project").Choice, Decision("dotnet.project").Why));
        Assert.Equal($"dotnet restore {project}", Decision("dotnet.install").Choice);
        Assert.Equal("dotnet build src/Shop/Shop.csproj --configuration Release --no-restore", Decision("dotnet.build", ("dotnet.project", "src/Shop/Shop.csproj")).Choice);
        Assert.Throws<DesignChoiceException>(() => Decision("dotnet.build", ("dotnet.project", "../Shop.csproj")));
    }

    /// <summary>Microsoft.Testing.Platform ends with an error where it is given VSTest's options, or those of a package that is not there.</summary>
    [Theory]
    [InlineData("Microsoft.Testing.Extensions.CodeCoverage", "dotnet test --solution Shop.slnx --configuration Release --no-build --results-directory \"$PWD/reports/dotnet\" --report-xunit-trx --coverage --coverage-output-format cobertura")]
    [InlineData("coverlet.MTP", "dotnet test --project test/Shop.Tests/Shop.Tests.csproj --configuration Release --no-build --results-directory \"$PWD/reports/dotnet\" --report-xunit-trx --coverlet --coverlet-output-format cobertura")]
    [InlineData("Microsoft.Testing.Extensions.TrxReport", "dotnet test --solution Shop.slnx --configuration Release --no-build --results-directory \"$PWD/reports/dotnet\" --report-trx --coverage --coverage-output-format cobertura")]
    public void Dotnet_OnTheTestingPlatform_HasItsOptions(string package, string line)
    {
        _folder.Write("Shop.slnx", "");
        _folder.Write("global.json", "{\n  \"test\": { \"runner\": \"Microsoft.Testing.Platform\" }\n}\n");
        _folder.Write("test/Shop.Tests/Shop.Tests.csproj", Tests.Replace("PACKAGE", package, StringComparison.Ordinal));
        var test = Decision("dotnet.test");
        Assert.Equal(line, test.Choice.Split('\n')[1]);
        Assert.Equal(package.EndsWith("TrxReport", StringComparison.Ordinal) ? "nothing here measures coverage yet: the job fails until something does" : $"{package} measures coverage", test.Why);
    }

    /// <summary>An extra or a group is installed only where it is asked for.</summary>
    [Theory]
    [InlineData("", "[project.optional-dependencies]\ntest = [\n  \"pytest\",\n  \"pytest-cov\",\n]", ".venv/bin/pip install --editable '.[test]'")]
    [InlineData("", "[dependency-groups]\ndev = [\"pytest-cov\"]", ".venv/bin/pip install --group=dev")]
    [InlineData("", "[tool.hatch.envs.default]\ndependencies = [\"pytest-cov\"]", ".venv/bin/pip install pytest==8.3.4 pytest-cov==6.0.0")]
    [InlineData("uv.lock", "[dependency-groups]\ntest = [\"pytest-cov\"]", ".venv/bin/uv sync --locked --inexact --group test")]
    [InlineData("uv.lock", "[dependency-groups]\ndev = [\"pytest-cov\"]", ".venv/bin/uv sync --locked --inexact")]
    [InlineData("uv.lock", "[project.optional-dependencies]\ntest = [\"pytest-cov\"]", ".venv/bin/uv sync --locked --inexact --extra test")]
    [InlineData("poetry.lock", "[tool.poetry.group.test]\noptional = true\n[tool.poetry.group.test.dependencies]\npytest-cov = \"^6.0\"", ".venv/bin/poetry install --no-interaction --with test")]
    [InlineData("poetry.lock", "[tool.poetry.dev-dependencies]\npytest-cov = \"^6.0\"", ".venv/bin/poetry install --no-interaction")]
    public void Python_AsksForWhatMeasures(string locked, string tables, string expected)
    {
        _folder.Write("pyproject.toml", $"[project]\nname = \"shop\"\n# pytest-cov is below\n{tables}\n");
        if (locked.Length > 0) _folder.Write(locked, "");
        Assert.Equal(expected, Decision("python.install").Choice.Split('\n')[^1]);
    }

    [Theory]
    [InlineData("# This file is automatically @generated by Poetry 2.1.1 and should not be changed by hand.\n", "[tool.poetry]", "poetry==2.1.1")]
    [InlineData("# This file is automatically @generated by Poetry 1.6.1 and should not be changed by hand.\n", "[tool.poetry]", "poetry==1.6.1")]
    [InlineData("", "[project]", "poetry==2.1.3")]
    [InlineData("", "[tool.poetry]", "poetry==1.8.5")]
    public void Poetry_IsTheOneThatWroteTheLockfile(string header, string table, string expected)
    {
        _folder.Write("pyproject.toml", $"{table}\nname = \"shop\"\n");
        _folder.Write("poetry.lock", header);
        Assert.Equal($".venv/bin/pip install {expected}", Decision("python.install").Choice.Split('\n')[1]);
    }

    [Fact]
    public void Bun_IsInstalledByItsLockfile()
    {
        _folder.Write("package.json", """{ "name": "shop", "scripts": { "test": "bun test" } }""");
        _folder.Write("bun.lock", "{}");
        Assert.Equal(("npx --yes bun@1.2.21 install --frozen-lockfile", "exactly what bun.lock says"), (Decision("node.install").Choice, Decision("node.install").Why));
        Assert.Equal("bun measures coverage", Decision("node.test").Why);
    }

    [Theory]
    [InlineData("\"vitest\": \"3.0.0\"", "vitest measures nothing without @vitest/coverage-v8 or @vitest/coverage-istanbul: the job fails until one of them is there")]
    [InlineData("\"vitest\": \"3.0.0\", \"@vitest/coverage-v8\": \"3.0.0\"", "vitest measures coverage")]
    public void Vitest_MeasuresOnlyByAPackageOfItsOwn(string packages, string why)
    {
        _folder.Write("package.json", $$$"""{ "name": "shop", "scripts": { "test": "vitest" }, "devDependencies": { {{{packages}}} } }""");
        Assert.Equal(why, Decision("node.test").Why);
    }
}
