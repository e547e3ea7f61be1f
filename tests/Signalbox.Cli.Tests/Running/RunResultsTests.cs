using System.Text.Json;

namespace Signalbox.Cli.Tests.Running;

/// <summary>What a run hands on as evidence.</summary>
public sealed class RunResultsTests : IDisposable
{
    private readonly RunProject _project = new();

    public void Dispose() => _project.Dispose();

    /// <summary>A signature over a clean commit would say that the tests saw what was packed.</summary>
    [Theory]
    [InlineData("true", "false")]
    [InlineData("echo two > app.js", "true")]
    public async Task SourcesThatChangeWhileItRuns_AreSaidByTheProvenance(string script, string changed)
    {
        _project.Pipeline($"test: {{ run: \"{script}\", outputs: [] }}\nsign: {{}}");
        _project.Write("app.js", "one\n");
        _project.Git("init", "--quiet");
        _project.Git("add", ".");
        _project.Git("commit", "--quiet", "-m", "one");
        _project.Git("remote", "add", "origin", "https://github.com/acme/shop.git");
        (await _project.RunAsync()).Expect(3);
        Assert.Contains($"\"hasChanges\":{changed}", _project.Read(".signalbox/runs/1/provenance.json"));
    }

    [Fact]
    public async Task ReportsAreGathered_WithoutSecrets_HoweverTheySpellThem()
    {
        const string secret = "<p\"ss&word>";
        _project.Surroundings["NPM_TOKEN"] = secret;
        _project.Program("gitleaks", """
            for last; do :; done
            printf '[{"Description":"d","File":"a","RuleID":"r","StartLine":1,"EndLine":1,"StartColumn":1,"EndColumn":1,"Match":"%s","Secret":"%s","Fingerprint":"f"}]' '<p\"ss&word>' "$*" > "$last"
            """);
        _project.Write("junit.xml", "<testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"><system-out>got &lt;p\"ss&amp;word&gt; and &lt;p&quot;ss&amp;word&gt;</system-out></testcase></testsuite>");
        _project.Pipeline("""
            test: { run: "mkdir -p r; sleep 0.05; cat junit.xml > r/junit.xml", env: { TOKEN: { secret: NPM_TOKEN } }, tests: r/junit.xml }
            scan: { with: [gitleaks] }
            """);
        (await _project.RunAsync()).Expect(0);
        Assert.Contains("<system-out>got *** and ***</system-out>", _project.Read(".signalbox/runs/1/results/test/r/junit.xml"));
        var scan = _project.Read(".signalbox/runs/1/results/gitleaks.json");
        Assert.Contains("\"Match\":\"***\"", scan);
        Assert.Contains("--redact", scan);
        Assert.Empty(Directory.EnumerateFiles(_project.Join(".signalbox/runs/1/scans")));
    }

    [Fact]
    public async Task AReportOfAnotherTime_IsNoResult()
    {
        _project.Write("r/junit.xml", "<testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite>");
        File.SetLastWriteTimeUtc(_project.Join("r/junit.xml"), DateTime.UtcNow.AddMinutes(-1));
        _project.Pipeline("test: { run: \"true\", tests: r/junit.xml }");
        Assert.Contains("r/junit.xml was there before test ran, and is no result of it", (await _project.RunAsync("--no-cache")).Expect(0).Out);
        Assert.False(Directory.Exists(_project.Join(".signalbox/runs/1/results")));
    }

    /// <summary>Combinations of a matrix write side by side: each has its own reports alone, also where it is known again, and none of a value that is gone.</summary>
    [Fact]
    public async Task ACombinationsReports_AreItsOwn()
    {
        const string script = "mkdir -p r; echo '<testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite>' > r/$N.xml\n";
        _project.Write("test.sh", script);
        _project.Pipeline("test: { run: sh test.sh, matrix: { N: [one, two, three] }, inputs: [test.sh], outputs: [r/], tests: r/*.xml }");
        (await _project.RunAsync()).Expect(0);
        _project.Pipeline("test: { run: sh test.sh, matrix: { N: [one, two] }, inputs: [test.sh], outputs: [r/], tests: r/*.xml }");
        Assert.Contains("known test (N=two)", (await _project.RunAsync()).Expect(0).Out);
        foreach (var run in (int[])[1, 2])
            foreach (var name in (string[])["one", "two"])
                Assert.Equal([$"{name}.xml"], Directory.EnumerateFiles(Directory.EnumerateDirectories(_project.Join($".signalbox/runs/{run}/results")).Single(folder => folder.Contains(name, StringComparison.Ordinal)), "*.xml", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    /// <summary>Their names may be alike as names of files, or begin alike.</summary>
    [Theory]
    [InlineData("1.0", "1-0")]
    [InlineData("a-long-value-that-says-much-and-then-says-it-again-so-that-no-name-of-a-file-has-room-1", "a-long-value-that-says-much-and-then-says-it-again-so-that-no-name-of-a-file-has-room-2")]
    public async Task CombinationsThatAreCalledAlike_HaveTheirOwnReports(string one, string other)
    {
        _project.Pipeline($"test: {{ run: \"mkdir -p r; printf '<testsuite name=\\\"s\\\" tests=\\\"1\\\"><testcase name=\\\"%s\\\" classname=\\\"c\\\"/></testsuite>' $V > r/junit.xml\", matrix: {{ V: [\"{one}\", \"{other}\"] }}, tests: r/junit.xml }}");
        (await _project.RunAsync()).Expect(0);
        var reports = Directory.EnumerateFiles(_project.Join(".signalbox/runs/1/results"), "junit.xml", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        Assert.Equal(2, reports.Count);
        foreach (var value in (string[])[one, other]) Assert.Contains(reports, report => report.Contains($"\"{value}\"", StringComparison.Ordinal));
    }

    /// <summary>As <c>signalbox sbom</c> has it: what it cannot tell is a gap, and other people's code is not the project's.</summary>
    [Fact]
    public async Task AnSbomWithGaps_IsNoSuccess()
    {
        _project.Pipeline("sbom: {}");
        _project.Write("package-lock.json", """{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0"}}}""");
        _project.Write("vendor/other/composer.lock", "{");
        Assert.Contains("ok sbom", (await _project.RunAsync()).Expect(0).Out);
        _project.Write("pom.xml", "<project><dependencies><dependency><artifactId>money</artifactId></dependency></dependencies></project>");
        var gap = (await _project.RunAsync()).Expect(3).Out;
        Assert.Contains("gap: sbom: 1 components of 1 lockfiles; pom.xml: it asks for packages", gap);
        Assert.True(File.Exists(_project.Join(".signalbox/runs/2/results/sbom.cdx.json")));
    }

    /// <summary>A runner reads commands from what is printed: a job's are its own log's alone.</summary>
    [Theory]
    [InlineData("GITHUB_ACTIONS")]
    [InlineData("TF_BUILD")]
    public async Task CommandsToARunner_DoNotPass(string runner)
    {
        _project.Surroundings[runner] = "true";
        _project.Pipeline("build: { run: \"echo '::set-output name=a::b'; echo '##vso[task.setvariable variable=a]b'\" }");
        foreach (var arguments in new string[][] { ["--verbose"], ["log", "build"], ["log", "build", "--format", "json"] })
        {
            var printed = (await _project.RunAsync(arguments)).Expect(0).Out;
            Assert.Contains("task.setvariable", printed);
            Assert.DoesNotContain("##vso", printed);
            Assert.DoesNotContain(printed.Split('\n'), line => line.TrimStart().StartsWith("::", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task ALog_IsShownToItsLastLine_WithThoseThatAreBlank()
    {
        _project.Pipeline("build: { run: \"echo first; echo; seq 1 10100\" }");
        var verbose = (await _project.RunAsync("--verbose")).Expect(0).Out;
        Assert.Contains("  | … 102 lines before these: signalbox run log shows all\n  | 101\n", verbose);
        var all = (await _project.RunAsync("log", "build")).Expect(0).Out.Split('\n');
        Assert.Equal((10_103, "first", "", "1"), (all.Length, all[0], all[1], all[2]));
    }

    /// <summary>Its files are read as if there were no Git, which a person has to know.</summary>
    [Fact]
    public async Task AWorkTreeThatGitRefuses_IsSaid()
    {
        _project.Git("init", "--quiet");
        _project.Pipeline("build: { run: \"true\" }");
        Assert.Empty((await _project.RunAsync()).Expect(0).Error);
        _project.Surroundings["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1";
        _project.Surroundings["GIT_CONFIG_GLOBAL"] = _project.Surroundings["GIT_CONFIG_SYSTEM"] = "/dev/null";
        var said = (await _project.RunAsync()).Expect(0).Error;
        Assert.Contains("warning[git-refuses]: Git does not read", said);
        Assert.Contains($"git config --global --add safe.directory {_project.Path}", said);
        Assert.Contains("it belongs to another user", (await _project.ShowAsync()).GetProperty("warnings").ToString());
    }

    /// <summary>Where packages come from is the machine's to say; what signs in there is no job's to show.</summary>
    [Fact]
    public async Task WherePackagesComeFrom_ReachesJobs_WithoutItsSecretsInLogs()
    {
        _project.Surroundings["PIP_INDEX_URL"] = "https://me:hunter3%21hunter3@pypi.example.com/simple";
        _project.Surroundings["GOFLAGS"] = "-mod=mod";
        _project.Surroundings["UV_PUBLISH_TOKEN"] = "hunter4-hunter4";
        _project.Pipeline("build: { run: \"echo $PIP_INDEX_URL $GOFLAGS $UV_PUBLISH_TOKEN\" }");
        (await _project.RunAsync()).Expect(0);
        Assert.Equal("https://me:***@pypi.example.com/simple -mod=mod\n", (await _project.RunAsync("log", "build")).Expect(0).Out);
    }

    /// <summary>As package managers take them: a name before the address, a token alone, several in lines.</summary>
    [Theory]
    [InlineData("UV_INDEX", "corp=https://me:hunter3-hunter3@host/simple", "corp=https://me:***@host/simple")]
    [InlineData("PIP_INDEX_URL", "https://hunter3-hunter3:@host/simple", "https://***:@host/simple")]
    [InlineData("PIP_EXTRA_INDEX_URL", "https://a.example.com https://me:hunter3,h@host", "https://a.example.com https://me:***@host")]
    [InlineData("HTTPS_PROXY", "me:hunter3-hunter3@proxy:3128", "me:***@proxy:3128")]
    public async Task WhatSignsInAtAnAddress_IsHidden(string name, string value, string shown)
    {
        _project.Surroundings[name] = value;
        _project.Pipeline($"build: {{ run: \"echo ${name}\" }}");
        (await _project.RunAsync()).Expect(0);
        Assert.Equal(shown + "\n", (await _project.RunAsync("log", "build")).Expect(0).Out);
    }

    /// <summary>What they ask for changes what a job gives.</summary>
    [Fact]
    public async Task AnotherSettingOfPackages_IsAnotherJob()
    {
        _project.Pipeline("build: { run: \"echo $UV_PYTHON\", outputs: [] }");
        _project.Surroundings["UV_PYTHON"] = "3.13";
        (await _project.RunAsync()).Expect(0);
        _project.Surroundings["UV_PYTHON"] = "3.14";
        (await _project.RunAsync()).Expect(0);
        Assert.Equal("3.14\n", (await _project.RunAsync("log", "build")).Expect(0).Out);
    }

    /// <summary>What a job did not write is none of its results when it is known again, either.</summary>
    [Fact]
    public async Task AReportOfAnotherTime_IsNoResultOfAKnownJob()
    {
        const string report = "<testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite>";
        _project.Git("init", "--quiet");
        _project.Write(".gitignore", "r/\n");
        _project.Write("junit.xml", report);
        _project.Write("r/old.xml", report);
        File.SetLastWriteTimeUtc(_project.Join("r/old.xml"), DateTime.UtcNow.AddMinutes(-1));
        _project.Pipeline("test: { run: \"cat junit.xml > r/new.xml\", tests: r/*.xml }");
        Assert.Contains("r/old.xml was there before test ran, and is no result of it", (await _project.RunAsync()).Expect(0).Out);
        Assert.Contains("known test", (await _project.RunAsync()).Expect(0).Out);
        Assert.Equal(["new.xml"], Directory.EnumerateFiles(_project.Join(".signalbox/runs/2/results/test/r")).Select(Path.GetFileName));
    }

    /// <summary>As docs/spec/local-provenance.md has it: a job that nobody asked for is not named.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("build sign", "build sign")]
    public async Task Provenance_NamesTheJobsThatWereAskedFor(string asked, string expected)
    {
        _project.Git("init", "--quiet", "--initial-branch", "main");
        _project.Git("remote", "add", "origin", "https://github.com/acme/shop.git");
        _project.Pipeline("build: { run: \"true\" }\ntell: { run: \"true\", when: manual }\nsign: {}");
        _project.Git("add", ".");
        _project.Git("commit", "--quiet", "-m", "shop");
        (await _project.RunAsync(asked.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(3);
        using var provenance = JsonDocument.Parse(_project.Read(".signalbox/runs/1/provenance.json"));
        var jobs = provenance.RootElement.GetProperty("predicate").GetProperty("buildDefinition").GetProperty("externalParameters").GetProperty("jobs");
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), jobs.EnumerateArray().Select(job => job.GetString()));
    }
}
