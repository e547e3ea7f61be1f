using System.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Outputs of GitHub's steps and jobs where another platform has something that does the same.</summary>
public sealed class OutputsTests
{
    private const string Source = """
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            outputs:
              version: ${{ steps.v.outputs.value }}
            steps:
              - id: v
                run: echo "value=1.2" >> "$GITHUB_OUTPUT"
              - run: test ${{ steps.v.outputs.value }} = 1.2
          deploy:
            needs: build
            runs-on: ubuntu-latest
            steps:
              - run: echo "version ${{ needs.build.outputs.version }}"

        """;

    [Fact]
    public void OnGitLab_TheyAreFilesAndVariables_AsARealShellSees()
    {
        var (text, log) = PortableRig.Write(Platform.GitLab, Read());
        Assert.False(log.AnyLeft, text);
        Assert.Contains("reports:\n      dotenv: .outputs.env", text);
        using var directory = new TempDirectory();
        var script = PortableRig.Read(Platform.GitLab, text).Pipeline.Job("build")!.Steps.OfType<RunStep>().Single().Script.Render(l => l, r => r.Kind == ReferenceKind.Workspace ? "$CI_PROJECT_DIR" : "");
        Assert.Equal("", Run(script, directory.Path));
        Assert.Equal("BUILD_VERSION=1.2\n", File.ReadAllText(directory.In(".outputs.env")));
        Assert.Contains("BUILD_VERSION", text.Split("\ndeploy:")[1]);
    }

    [Fact]
    public void OnAzure_TheyAreOutputVariables()
    {
        var (text, log) = PortableRig.Write(Platform.AzurePipelines, Read());
        Assert.False(log.AnyLeft, text);
        Assert.Contains("build_version: $[ dependencies.build.outputs['v.value'] ]", text.Replace("''", "'", StringComparison.Ordinal).Replace("'$[", "$[", StringComparison.Ordinal));
        using var directory = new TempDirectory();
        var script = PortableRig.Read(Platform.AzurePipelines, text).Pipeline.Job("build")!.Steps.OfType<RunStep>().First().Script.Literal!;
        Assert.Equal("##vso[task.setvariable variable=value;isOutput=true]1.2\n", Run(script, directory.Path));
    }

    [Theory]
    [InlineData("Test on ${{ matrix.v }}", true)]
    [InlineData("Test", false)]
    public void AJobsName_ThatTakesValues_IsSaid(string name, bool said)
    {
        var (_, log) = PortableRig.Read(Platform.GitHubActions, $"on: push\njobs:\n  a:\n    name: {name}\n    runs-on: ubuntu-latest\n    strategy: {{ matrix: {{ v: [1] }} }}\n    steps:\n      - run: a\n");
        Assert.Equal(said, log.Notes.Any(note => note.Kind == Carried.Changed && note.What == $"job a: its name takes values, and stands as it is written: {name}"));
    }

    [Fact]
    public void OnJenkins_TheyAreLeft_WhereTheyAreMadeAndWhereTheyAreRead()
    {
        var (text, log) = PortableRig.Write(Platform.Jenkins, Read());
        Assert.Contains(log.Notes, note => note is { Kind: Carried.Left, What: "job build: its outputs version are not carried", Nearest: "env.NAME in a script block" });
        Assert.Contains("left for a person", text[text.IndexOf("stage('deploy')", StringComparison.Ordinal)..]);
    }

    [Theory]
    [InlineData("id: v", "")]
    [InlineData("needs: build", "needs: []")]
    public void WhatNoStepHandsOver_IsLeft(string from, string to)
    {
        var source = from.StartsWith("needs", StringComparison.Ordinal) ? Source.Replace(from, to, StringComparison.Ordinal) : Source.Replace("- id: v\n        run:", "- run:", StringComparison.Ordinal);
        Assert.True(PortableRig.Write(Platform.AzurePipelines, PortableRig.Read(Platform.GitHubActions, source).Pipeline).Log.AnyLeft);
    }

    [Theory]
    [InlineData("dist/", "dist", null)]
    [InlineData("dist/", ".", ".")]
    [InlineData("a/b.txt", "a", null)]
    [InlineData("target/*.jar", "target", null)]
    public void AnArtifactThatComesToWhereItWas_SaysSo(string kept, string to, string? folder)
    {
        var source = $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/upload-artifact@v4\n        with: {{ name: x, path: '{kept}' }}\n  b:\n    needs: a\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/download-artifact@v4\n        with: {{ name: x, path: '{to}' }}\n";
        var read = PortableRig.Read(Platform.GitHubActions, source).Pipeline;
        Assert.Equal(folder, read.Job("b")!.Steps.OfType<DownloadStep>().Single().Folder?.Literal);
        Assert.Equal(folder is not null, PortableRig.Write(Platform.GitLab, read).Log.AnyLeft);
        Assert.Equal(PortableRig.Print(read), PortableRig.Print(PortableRig.Read(Platform.GitHubActions, PortableRig.Write(Platform.GitHubActions, read).Text).Pipeline));
    }

    [Fact]
    public void GitLabsArtifacts_ComeToWhereTheyWere()
    {
        var read = PortableRig.Read(Platform.GitLab, "stages: [a, b]\na:\n  stage: a\n  script: a\n  artifacts: { paths: [dist/] }\nb:\n  stage: b\n  script: b\n").Pipeline;
        Assert.Contains("name: a\n          path: dist\n", PortableRig.Write(Platform.GitHubActions, read).Text);
        Assert.Contains("targetPath: $(Build.SourcesDirectory)/dist", PortableRig.Write(Platform.AzurePipelines, read).Text);
    }

    [Fact]
    public void AScriptThatIsTriedAgain_SucceedsAtLast_OrFails()
    {
        using var directory = new TempDirectory();
        string Written(string script) => PortableRig.Write(Platform.GitHubActions, new() { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", Retries = 2, Steps = [new RunStep(PortableText.Of(script))] }] }).Text;
        string Script(string script) => PortableRig.Read(Platform.GitHubActions, Written(script)).Pipeline.Jobs[0].Steps.OfType<RunStep>().Single().Script.Render(l => l, _ => "$RUNNER_TEMP");
        Assert.Equal("try\ntry\ntry\ndone\n", Run(Script("echo try >> tries; cat tries | tail -n 1\n[ $(wc -l < tries) = 3 ]\necho done"), directory.Path));
        Assert.Equal("", Run($"if ( {Script("false\nexit 0")}\n); then echo good; fi", directory.Path));
    }

    [Fact]
    public void ReportsOfTests_AreCarriedBetweenThoseThatShowThem()
    {
        var read = PortableRig.Read(Platform.GitLab, "a:\n  script: a\n  artifacts:\n    reports:\n      junit: [one.xml, two.xml]\n      coverage_report: { coverage_format: cobertura, path: cov.xml }\n");
        Assert.False(read.Log.AnyLeft);
        foreach (var platform in (Platform[])[Platform.GitLab, Platform.AzurePipelines, Platform.Jenkins])
        {
            var (text, log) = PortableRig.Write(platform, read.Pipeline);
            Assert.False(log.AnyLeft, text);
            Assert.Equal(["one.xml", "two.xml"], PortableRig.Read(platform, text).Pipeline.Jobs[0].Steps.OfType<ReportStep>().First().Paths.Select(p => p.Literal));
        }
        Assert.Contains("name: a-junit", PortableRig.Write(Platform.GitHubActions, read.Pipeline).Text);
    }

    private static PortablePipeline Read() => PortableRig.Read(Platform.GitHubActions, Source).Pipeline;

    private static string Run(string script, string directory)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = directory, RedirectStandardOutput = true };
        start.Environment["CI_PROJECT_DIR"] = start.Environment["RUNNER_TEMP"] = directory;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said;
    }
}
