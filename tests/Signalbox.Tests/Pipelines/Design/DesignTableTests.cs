using System.Diagnostics;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Design;

public sealed class DesignTableTests
{
    private static readonly (string Id, string[] Values)[] s_switches =
    [
        ("coverage", ["80", "95"]), ("scan.dependencies", ["trivy", "off"]), ("scan.secrets", ["gitleaks", "off"]), ("scan.code", ["semgrep", "off"]), ("image", ["off", "registry.example.com/shop"]),
        ("scan.image", ["trivy", "off"]), ("sbom", ["trivy", "signalbox", "off"]), ("sign", ["key", "off"]), ("provenance", ["attested", "off"]), ("verify", ["cosign", "signalbox", "off"]),
        ("deploy", ["argo-cd", "flux", "off"]), ("evidence", ["reports", "sbom", "off"]), ("access", ["secret"]), ("cluster", ["secret"]), ("dora", ["report", "off"]), ("branch", ["main", "release/1.0"]), ("environments", ["live", "test,acceptance,live"]), ("namespace", ["shops"]),
        ("repository", ["https://git.example.com/shop.git"]), ("port", ["9090"]), ("health", ["tcp", "/up"]), ("metrics", ["https://metrics.example.com"]), ("metrics.requests", ["requests_total"]), ("metrics.errors", ["5"]), ("gateway", ["edge"]), ("secrets", ["vault", "off"]), ("budget", ["2", "off"]), ("signatures", ["off"]),
    ];

    private static readonly Gen<Dictionary<string, string>> s_choices = Gen.Int[0, 11].Array[s_switches.Length].Select(picks =>
        s_switches.Zip(picks).Where(p => p.Second < p.First.Values.Length).ToDictionary(p => p.First.Id, p => p.First.Values[p.Second]));

    /// <summary>Whatever is chosen: jobs need jobs that are there, scripts are a shell's, and the same comes out again.</summary>
    [Fact]
    public void AnyChoices_GiveAWholePipeline()
    {
        var repositories = Cases.Of("design").ToList();
        Gen.Select(Gen.OneOf<string>([.. repositories]), Gen.OneOf<Platform>([.. DesignRig.Platforms]), s_choices).Sample((name, platform, choices) =>
        {
            var survey = DesignRig.Survey(name, platform);
            // its environments are the file's
            if (survey.Chart is { Unfit: not null }) choices = choices.Where(c => c.Key != "deploy").ToDictionary();
            if (choices.GetValueOrDefault("sign") == "off") choices = choices.Where(c => c.Key is not ("provenance" or "verify") || c.Value == "off").ToDictionary();
            if (survey.Delivery is not null && !choices.ContainsKey("deploy")) choices = choices.Where(c => c.Key != "environments").ToDictionary();
            var design = PipelineDesign.Of(survey, platform, choices);
            Assert.Equal(design.Text, PipelineDesign.Of(survey, platform, choices).Text);
            Assert.All(design.Pipeline.Jobs, job => Assert.All(job.Needs, n => Assert.NotNull(design.Pipeline.Job(n))));
            Assert.All(choices, c => Assert.True(design.Decisions.All.All(d => d.Id != c.Key || d.Choice == c.Value)));
            var log = new CarriageLog();
            Assert.Equal(design.Delivery, PipelineDesign.Of(survey, platform, choices).Delivery);
            Assert.All(design.Delivery.Where(f => f.Path.EndsWith(".yaml", StringComparison.Ordinal)), f => Assert.Empty(Signalbox.Yaml.YamlReader.ReadAll(new(f.Text)).Problems));
            Assert.NotNull(PipelineConversion.Read(platform, PipelineConversion.FileOf(platform), new(design.Text), log, out _));
        }, iter: 300);
    }

    [Theory]
    [InlineData("coverage", "79")]
    [InlineData("coverage", "many")]
    [InlineData("scan.secrets", "trivy")]
    [InlineData("branch", "a b")]
    [InlineData("branch", "$(rm)")]
    [InlineData("image", "$HOME/x")]
    [InlineData("namespace", "x; reboot")]
    [InlineData("colour", "red")]
    [InlineData("environments", "staging,staging")]
    [InlineData("environments", "Production")]
    [InlineData("repository", "git@github.com:acme/shop.git")]
    [InlineData("metrics.errors", "0")]
    [InlineData("rollback", "none")]
    public void AChoiceThatIsNone_IsRefused(string id, string value) =>
        Assert.Equal(id, Assert.Throws<DesignChoiceException>(() => DesignRig.Design("node", Platform.GitLab, (id, value))).Id);

    /// <summary>What this platform or repository has nothing for is refused, and not written as something that cannot run.</summary>
    [Theory]
    [InlineData("node", Platform.Jenkins, "sign", "keyless")]
    [InlineData("node", Platform.AzurePipelines, "cluster", "identity")]
    [InlineData("node", Platform.GitHubActions, "image", "$CI_REGISTRY_IMAGE")]
    [InlineData("go", Platform.GitHubActions, "deploy", "helm")]
    [InlineData("chart-elsewhere", Platform.GitHubActions, "deploy", "helm")]
    [InlineData("chart-elsewhere", Platform.GitHubActions, "deploy", "flux")]
    [InlineData("node", Platform.GitHubActions, "rollout", "flagger")]
    [InlineData("node", Platform.GitHubActions, "deploy", "signalbox")]
    [InlineData("signalbox-go", Platform.GitHubActions, "environments", "staging,live")]
    [InlineData("signalbox-go", Platform.AzurePipelines, "access", "identity")]
    public void AChoiceThatCannotBeHere_IsRefused(string name, Platform platform, string id, string value) =>
        Assert.Equal(id, Assert.Throws<DesignChoiceException>(() => DesignRig.Design(name, platform, (id, value))).Id);

    /// <summary>Node writes reports by itself from version 20 on, and knows no options of a script.</summary>
    [Theory]
    [InlineData("18", "node --test", "c8")]
    [InlineData("22", "node --test", "--test-reporter-destination=reports/node/junit.xml")]
    [InlineData("22", "node --test test/unit", "c8")]
    public void Node_OwnRunner_IsAskedOnlyForWhatItKnows(string version, string test, string expected)
    {
        using var folder = new TempDirectory();
        folder.Write("package.json", $"{{ \"name\": \"shop\", \"engines\": {{ \"node\": \"{version}\" }}, \"scripts\": {{ \"test\": \"{test}\" }} }}");
        var survey = RepositorySurveyor.Read(folder.Path).Survey;
        Assert.Contains(expected, PipelineDesign.Of(survey, Platform.GitLab, new Dictionary<string, string>()).Text);
    }

    /// <summary>What a control plane cannot be handed is not proposed, and the reason is said.</summary>
    [Theory]
    [InlineData("artifact: dist", "", "node", "nothing here makes dist/")]
    [InlineData("artifact: .", "pipeline: { build: { run: npm ci } }", "node", "its build writes into the repository's own folder; expected an artifact of its own")]
    [InlineData("artifact: dist", "pipeline: { build: { run: make, env: { A: b } } }", "node", "its build is more than a script: signalbox run --deploy has all of it")]
    [InlineData("artifact: dist", "pipeline: { build: { run: make } }", "", "it cannot be told which job makes dist/")]
    [InlineData("artifact: dist", "pipeline: { build: { run: make } }", "node", null)]
    [InlineData("artifact: .", "", "", null)]
    public void Delivery_ThatNoPipelineCanHandOver_IsNotProposed(string artifact, string pipeline, string language, string? why)
    {
        using var folder = new TempDirectory();
        folder.Write("signalbox.yaml", $"apiVersion: signalbox/v1\napplication: shop\n{artifact}\n{pipeline}\nprocess: {{ command: [./run] }}\nport: 8080\n");
        if (language == "node") folder.Write("package.json", "{ \"name\": \"shop\", \"scripts\": { \"test\": \"node --test\" } }");
        var survey = RepositorySurveyor.Read(folder.Path).Survey;
        var deploy = PipelineDesign.Of(survey, Platform.GitLab, new Dictionary<string, string>()).Decisions.All.Single(d => d.Id == "deploy");
        Assert.Equal(why is null ? ("signalbox", "signalbox.yaml says what goes where, and how it is judged") : ("off", why), (deploy.Choice, deploy.Why));
    }

    /// <summary>A chart is handed an image by its values only where a template reads them; else its own would go out.</summary>
    [Theory]
    [InlineData("server: { image: acme/server }", "{{ .Values.server.image }}", "the chart has no value image.repository")]
    [InlineData("image: { repository: acme/server, tag: v1 }", "{{ .Values.server.image }}", "no template of the chart reads image.repository")]
    [InlineData("image: { repository: acme/server, digest: '' }", "{{ .Values.image.repository }}:v1", "no template of the chart reads image.digest or image.tag")]
    [InlineData("image: { repository: acme/server, tag: v1 }", "{{ .Values.image.repository }}:{{ .Values.image.tag }}", null)]
    [InlineData("image: { repository: acme/server, digest: '' }", "{{ include \"common.image\" (dict \"imageRoot\" .Values.image) }}", null)]
    [InlineData("image: { repository: acme/server, digest: '' }", "{{ include \"common.image\" (dict \"imageRoot\" .Values.imageOfAnother) }}", "no template of the chart reads image.repository")]
    public void Chart_WithoutTheImagesValues_IsNotDeployed(string values, string image, string? why)
    {
        using var folder = new TempDirectory();
        folder.Write("Dockerfile", "FROM scratch\nCOPY shop /shop\n");
        folder.Write("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
        folder.Write("chart/values.yaml", values + "\n");
        folder.Write("chart/templates/_helpers.tpl", $"{{{{- define \"shop.image\" -}}}}\n{image}\n{{{{- end }}}}\n");
        var deploy = PipelineDesign.Of(RepositorySurveyor.Read(folder.Path).Survey, Platform.GitLab, new Dictionary<string, string>()).Decisions.All.Single(d => d.Id == "deploy");
        Assert.Equal(why is null ? "helm" : "off", deploy.Choice);
        if (why is not null) Assert.StartsWith(why, deploy.Why);
    }

    /// <summary>What nobody signs nobody attests, and nobody can verify.</summary>
    [Theory]
    [InlineData(Platform.GitLab, "off", "off")]
    [InlineData(Platform.Jenkins, "off", "off")]
    [InlineData(Platform.GitHubActions, "attested", "cosign")]
    public void WithoutASignature_NothingIsAttestedAndVerified(Platform platform, string provenance, string verify)
    {
        var design = DesignRig.Design("node", platform, ("sign", "off"));
        Assert.Equal((provenance, verify), (design.Decisions["provenance"], design.Decisions["verify"]));
        Assert.Equal(verify != "off", design.Pipeline.Job("verify") is not null);
        if (platform == Platform.GitHubActions) return;
        Assert.Throws<DesignChoiceException>(() => DesignRig.Design("node", platform, ("sign", "off"), ("provenance", "attested")));
        Assert.Throws<DesignChoiceException>(() => DesignRig.Design("node", platform, ("sign", "off"), ("verify", "cosign")));
    }

    /// <summary>What an image takes and Git does not have is brought from the job that made it; else it is said.</summary>
    [Theory]
    [InlineData("COPY dist/api /app", "tsc", "dist", null)]
    [InlineData("COPY --chown=1:1 ./dist/ package.json /app/", "tsc", "dist", null)]
    [InlineData("COPY [\"dist\", \"/app\"]", "tsc", "dist", null)]
    [InlineData("COPY --from=build /src/dist /app", "tsc", null, null)]
    [InlineData("COPY . .", "tsc", null, null)]
    [InlineData("COPY inventory /app", "tsc", null, null)]
    [InlineData("COPY dist /app", null, null, "Dockerfile:2: the image takes dist, which Git does not have and no job here makes")]
    [InlineData("ADD app.jar /app/", "tsc", null, "Dockerfile:2: the image takes app.jar, which Git does not have and no job here makes")]
    public void Image_GetsWhatTheBuildMakes(string copy, string? build, string? folder, string? left)
    {
        using var directory = new TempDirectory();
        directory.Write("package.json", $$"""{ "name": "shop", "scripts": { {{(build is null ? "" : $"\"build\": \"{build}\", ")}}"test": "node --test" } }""");
        directory.Write(".gitignore", "# made\n/dist/\ninventory/*\n!inventory/sample\n");
        directory.Write("inventory/sample/hosts", "");
        directory.Write("dist/api/server.js", "");
        directory.Write("Dockerfile", $"FROM node:24\n{copy}\n");
        var design = PipelineDesign.Of(RepositorySurveyor.Read(directory.Path).Survey, Platform.GitHubActions, new Dictionary<string, string>());
        Assert.Equal(folder is null ? null : $"built-{folder}", design.Pipeline.Job("image")!.Steps.OfType<DownloadStep>().SingleOrDefault()?.ArtifactName?.Literal);
        Assert.Equal(folder is null ? null : $"{folder}/", design.Pipeline.Job("test")!.Steps.OfType<UploadStep>().SingleOrDefault(u => u.ArtifactName.Literal!.StartsWith("built", StringComparison.Ordinal))?.Paths[0].Literal);
        Assert.Equal(left, design.Notes.SingleOrDefault(n => n.Kind == Carried.Left)?.What);
    }

    /// <summary>No gate is said to hold that nothing asks, and nobody is left to think that a language is tested that is not.</summary>
    [Theory]
    [InlineData("Cargo.toml", "Rust")]
    [InlineData("Gemfile", "Ruby")]
    [InlineData("composer.json", "PHP")]
    public void ALanguageThatIsNotDesigned_IsSaid(string file, string language)
    {
        using var directory = new TempDirectory();
        directory.Write(file, "");
        directory.Write("Dockerfile", "FROM scratch\n");
        var design = PipelineDesign.Of(RepositorySurveyor.Read(directory.Path).Survey, Platform.GitLab, new Dictionary<string, string>());
        Assert.Equal($"{file}: {language} is not designed: nothing of it is built, tested, measured or scanned here", Assert.Single(design.Notes, n => n.Kind == Carried.Left).What);
        Assert.DoesNotContain(design.Decisions.All, d => d.Id == "coverage");
    }

    [Fact]
    public void AChoice_IsWritten_AndTheTableSaysWhatWasProposed()
    {
        var design = DesignRig.Design("node", Platform.GitHubActions, ("coverage", "93"), ("scan.code", "off"));
        Assert.Contains("--lines 93", design.Text);
        Assert.DoesNotContain("semgrep", design.Text);
        Assert.Equal("chosen; proposed was semgrep", design.Decisions.All.Single(d => d.Id == "scan.code").Why);
    }

    [Theory]
    [InlineData("git@github.com:acme/shop.git", "github.com", "acme/shop", Platform.GitHubActions, "https://github.com/acme/shop.git")]
    [InlineData("https://gitlab.example.com/group/sub/shop", "gitlab.example.com", "group/sub/shop", Platform.GitLab, "https://gitlab.example.com/group/sub/shop.git")]
    [InlineData("https://acme@dev.azure.com/acme/shop/_git/web", "dev.azure.com", "acme/shop/_git/web", Platform.AzurePipelines, "https://dev.azure.com/acme/shop/_git/web")]
    [InlineData("git@ssh.dev.azure.com:v3/acme/shop/web", "ssh.dev.azure.com", "v3/acme/shop/web", Platform.AzurePipelines, "https://dev.azure.com/acme/shop/_git/web")]
    [InlineData("https://acme.visualstudio.com/shop/_git/web", "acme.visualstudio.com", "shop/_git/web", Platform.AzurePipelines, "https://acme.visualstudio.com/shop/_git/web")]
    [InlineData("ssh://git@git.example.com:22/shop.git", "git.example.com", "shop", null, "https://git.example.com/shop.git")]
    public void Remote_IsRead(string text, string host, string path, Platform? platform, string address)
    {
        var remote = RemoteRepository.Parse(text)!;
        Assert.Equal((host, path, platform, address), (remote.Host, remote.Path, remote.Platform, remote.Address));
    }

    [Theory]
    [InlineData("/srv/git/shop.git")]
    [InlineData("../shop")]
    [InlineData("")]
    [InlineData(null)]
    public void Remote_OfThisMachine_IsNone(string? text) => Assert.Null(RemoteRepository.Parse(text));

    /// <summary>The scripts are a POSIX shell's, whatever the platform puts in.</summary>
    [Fact]
    public async Task EveryScript_IsReadByTheShell()
    {
        foreach (var name in Cases.Of("design"))
            foreach (var platform in DesignRig.Platforms)
                foreach (var step in DesignRig.Design(name, platform).Pipeline.Jobs.SelectMany(j => j.Steps).OfType<RunStep>())
                {
                    var script = step.Script.Render(l => l, r => "${X}");
                    var (code, error) = await ShellAsync(script, Directory.GetCurrentDirectory(), "-n");
                    Assert.True(code == 0, $"{name} {platform} {step.Name}: {error}\n{script}");
                }
    }

    /// <summary>The reports of two test projects are added up; none at all is a failure.</summary>
    [Theory]
    [InlineData(8, 2, 0)]
    [InlineData(7, 2, 1)]
    [InlineData(-1, -1, 1)]
    public async Task Dotnet_LessThanTheLeastCoverage_Fails(int one, int other, int expected)
    {
        using var folder = new TempDirectory();
        Directory.CreateDirectory(folder.In("reports/dotnet"));
        // 10 and 2 lines as coverlet writes them
        if (one >= 0) folder.Write("reports/dotnet/a/coverage.cobertura.xml", Report(one, 10));
        if (other >= 0) folder.Write("reports/dotnet/b/coverage.cobertura.xml", Report(other, 2));
        var script = DesignRig.Survey("dotnet", Platform.GitLab).Languages.Select(l => LanguageCommands.Of(l, 80).Test).Single();
        Assert.Equal(expected, (await ShellAsync(script.Split('\n')[^1], folder.Path)).Code);
        // what is there before the tests is of another time, and no part of the share
        Assert.Equal(1, (await ShellAsync($"dotnet() {{ :; }}\n{script}", folder.Path)).Code);

        static string Report(int covered, int valid) => $"<?xml version=\"1.0\"?>\n<coverage line-rate=\"0.5\" branch-rate=\"1\" version=\"1.9\" timestamp=\"1\" lines-covered=\"{covered}\" lines-valid=\"{valid}\" branches-covered=\"0\" branches-valid=\"0\">\n</coverage>\n";
    }

    /// <summary>A file that no test loads is in no report, and is code all the same; what is built from the sources is loaded in their place.</summary>
    [Theory]
    [InlineData("src/a.js", 8, 0, 0)]
    [InlineData("src/a.js", 8, 1, 1)]
    [InlineData("src/a.js", 7, 0, 1)]
    [InlineData("dist/a.js", 8, 9, 0)]
    [InlineData("test/a.test.js", 9, 0, 1)]
    public async Task Node_LessThanTheLeastCoverage_Fails(string loaded, int covered, int unloaded, int expected)
    {
        using var folder = new TempDirectory();
        folder.Write("package.json", """{ "name": "shop", "engines": { "node": ">=22" }, "scripts": { "test": "node --test" } }""");
        folder.Write("reports/node/lcov.info", $"TN:\nSF:{loaded}\nLF:10\nLH:{covered}\nend_of_record\n");
        folder.Write("src/a.js", "one\n");
        folder.Write("src/a.test.js", "test\ntest\n");
        folder.Write("src/more/b.mjs", string.Concat(Enumerable.Repeat("line\n\n", unloaded)));
        folder.Write("eslint.config.js", "no source\n");
        var script = LanguageCommands.Of(Assert.Single(RepositorySurveyor.Read(folder.Path).Survey.Languages), 80).Test;
        Assert.Equal(expected, (await ShellAsync($"node() {{ :; }}\n{script}", folder.Path, "-e")).Code);
    }

    [Theory]
    [InlineData("jest", "package.json", """{ "scripts": { "test": "jest" }, "devDependencies": { "jest": "29.0.0" }, "jest": { "collectCoverageFrom": ["a.js"] } }""", "--collectCoverageFrom", false)]
    [InlineData("jest", "package.json", """{ "scripts": { "test": "jest" }, "devDependencies": { "jest": "29.0.0" } }""", "--collectCoverageFrom='**/*.", true)]
    [InlineData("vitest", "vitest.config.ts", "export default { test: { coverage: { provider: 'v8', include: ['src'] } } }", "--coverage.include", false)]
    [InlineData("vitest", "src/a.ts", "", "--coverage.include='src/**/*.", true)]
    [InlineData("pytest", ".coveragerc", "[run]\nsource = shop\n", "--cov-config", false)]
    [InlineData("pytest", "src/shop/__init__.py", "", "'source = src'", true)]
    public void WhatIsMeasured_IsTheRepositorysToSay(string tool, string path, string text, string option, bool written)
    {
        using var folder = new TempDirectory();
        if (tool == "pytest") folder.Write("requirements.txt", "pytest-cov==6.0.0\n");
        else folder.Write("package.json", $$"""{ "scripts": { "test": "{{tool}}" }, "devDependencies": { "{{tool}}": "3.0.0" } }""");
        folder.Write(path, text);
        var script = LanguageCommands.Of(Assert.Single(RepositorySurveyor.Read(folder.Path).Survey.Languages), 80).Test;
        Assert.Equal(written, script.Contains(option, StringComparison.Ordinal));
    }

    /// <summary>Where a repository has several languages, no job takes another's reports for its own.</summary>
    [Theory]
    [InlineData("node --test", "")]
    [InlineData("vitest run", "\"vitest\": \"3.0.0\"")]
    public void SeveralLanguages_WriteReportsOfTheirOwn(string test, string measures)
    {
        using var folder = new TempDirectory();
        folder.Write("package.json", $"{{ \"name\": \"shop\", \"engines\": {{ \"node\": \"22\" }}, \"scripts\": {{ \"test\": \"{test}\" }}, \"devDependencies\": {{ {measures} }} }}");
        folder.Write("requirements.txt", "pytest-cov==6.0.0\n");
        folder.Write("shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>\n");
        var reports = RepositorySurveyor.Read(folder.Path).Survey.Languages.Select(language => LanguageCommands.Of(language, 80).Reports.Select(PathGlob.Parse).ToList()).ToList();
        Assert.Equal(3, reports.Count);
        foreach (var (index, own) in reports.Index())
            foreach (var other in reports.Skip(index + 1).SelectMany(more => more)) Assert.DoesNotContain(own, glob => glob.Clashes(other));
    }

    [Theory]
    [InlineData("total:\t(statements)\t80.0%", 0)]
    [InlineData("total:\t(statements)\t79.9%", 1)]
    [InlineData("", 1)]
    public async Task Go_LessThanTheLeastCoverage_Fails(string said, int expected)
    {
        using var folder = new TempDirectory();
        folder.Write("said", $"example.com/shop/main.go:3:\tmain\t100.0%\n{said}\n");
        var script = DesignRig.Survey("go", Platform.GitLab).Languages.Select(l => LanguageCommands.Of(l, 80).Test).Single().Split('\n', 2)[1];
        Assert.Equal(expected, (await ShellAsync(script.Replace("go tool cover -func=coverage.out", "cat said", StringComparison.Ordinal), folder.Path)).Code);
    }

    /// <summary>The share of all modules, and the tests' reports also where they fail.</summary>
    [Theory]
    [InlineData("java", "target/surefire-reports", "target/site/jacoco/jacoco.csv", "sh ./mvnw")]
    [InlineData("java-gradle", "build/test-results/test", "build/reports/jacoco/test/jacocoTestReport.csv", "sh ./gradlew")]
    public async Task Java_LessThanTheLeastCoverage_Fails(string name, string tests, string coverage, string program)
    {
        var script = DesignRig.Survey(name, Platform.GitLab).Languages.Select(l => LanguageCommands.Of(l, 80).Test).Single().Replace(program, "build", StringComparison.Ordinal);
        foreach (var (covered, ended, expected) in ((int, int, int)[])[(8, 0, 0), (7, 0, 1), (8, 1, 1)])
        {
            using var folder = new TempDirectory();
            foreach (var module in (string[])["one", "other"])
            {
                folder.Write($"{module}/{tests}/TEST-{module}.xml", "<testsuite/>");
                folder.Write($"{module}/{coverage}", $"GROUP,PACKAGE,CLASS,IM,IC,BM,BC,LM,LC,CM,CC,MM,MC\n{module},shop,Shop,1,1,0,0,{10 - covered},{covered},0,1,0,1\n");
            }
            Assert.Equal(expected, (await ShellAsync($"build() {{ return {ended}; }}\n{script}", folder.Path, "-e")).Code);
            Assert.Equal(2, Directory.GetFiles(folder.In("reports/java"), "*.xml").Length);
        }
    }

    private static async Task<(int Code, string Error)> ShellAsync(string script, string folder, params string[] options)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", [.. options, "-c", script]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await said;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, error);
    }
}
